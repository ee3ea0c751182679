"""Ids of persons for partners, and which partner's feed speaks of whom."""

from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Text, UniqueConstraint, Uuid
from sqlmodel import Field

from inzira_gateway.database import Base


class Pairwise(Base, table=True):
    """What one partner calls a person."""

    __tablename__ = "pairwise"
    __table_args__ = (UniqueConstraint("client_id", "person_id", name="uq_pairwise_client_id_person_id"),)
    client_id: str = Field(sa_column=Column(Text, ForeignKey("partner.client_id"), primary_key=True))
    pid: str = Field(sa_column=Column(Text, primary_key=True))
    person_id: UUID = Field(sa_column=Column(Uuid, nullable=False))


class FeedSubject(Base, table=True):
    """A person a partner was shown for a purpose: since which position of the feed, and where they left it."""

    __tablename__ = "feed_subject"
    client_id: str = Field(sa_column=Column(Text, ForeignKey("partner.client_id"), primary_key=True))
    purpose: str = Field(sa_column=Column(Text, primary_key=True))
    person_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    since_offset: int = Field(sa_column=Column(BigInteger, nullable=False))
    left_offset: int | None = Field(default=None, sa_column=Column(BigInteger))
