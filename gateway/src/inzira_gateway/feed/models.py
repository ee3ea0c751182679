"""The feed's rows: positions without gaps, in the order in which they became visible."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from inzira_gateway.database import Base


class FeedEvent(Base, table=True):
    """Something about a person changed; `client_id` where only one partner is to be told."""

    __tablename__ = "feed_event"
    position: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    person_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    client_id: str | None = Field(default=None, sa_column=Column(Text))
    changed: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, index=True))


class FeedCounter(Base, table=True):
    """One row: the last position given out, and the last one no longer kept."""

    __tablename__ = "feed_counter"
    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    last: int = Field(sa_column=Column(BigInteger, nullable=False))
    pruned: int = Field(sa_column=Column(BigInteger, nullable=False))
