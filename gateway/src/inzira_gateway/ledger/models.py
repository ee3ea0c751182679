"""Tables of the ledger: one row per disclosure, one per person it showed. Only ever appended to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, Index, Text, Uuid
from sqlmodel import Field

from inzira_gateway.database import Base


class AccessEntry(Base, table=True):
    """One answer that showed persons to somebody; the id is that of the event that told of it."""

    __tablename__ = "access_entry"
    __table_args__ = (Index("ix_access_entry_actor", "actor", "occurred_at"),)
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    service: str = Field(sa_column=Column(Text, nullable=False))
    operation: str = Field(sa_column=Column(Text, nullable=False))
    actor: str = Field(sa_column=Column(Text, nullable=False))
    agency: str | None = Field(default=None, sa_column=Column(Text))
    purpose: str = Field(sa_column=Column(Text, nullable=False))
    outcome: str = Field(sa_column=Column(Text, nullable=False))
    view: str = Field(sa_column=Column(Text, nullable=False))
    request_id: str = Field(sa_column=Column(Text, nullable=False))
    occurred_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class AccessSubject(Base, table=True):
    """One person of a disclosure."""

    __tablename__ = "access_subject"
    __table_args__ = (Index("ix_access_subject_person", "person_id", "occurred_at", "entry_id"),)
    entry_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("access_entry.id"), primary_key=True))
    person_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    occurred_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
