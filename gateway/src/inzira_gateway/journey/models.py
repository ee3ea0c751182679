"""Tables of the read model. Each row belongs to a generation: a rebuild fills the next one beside the active one."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Column, Date, DateTime, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from inzira_gateway.database import Base

EMPTY = text("'{}'::jsonb")
DUE = text("coalesce(next_due_on, 'infinity'::date)")
# laid out as PostgreSQL gives it back, for the comparison of models and migrations
DUE_IN_CUSTODY = text(
    "coalesce(\ncase\n when custody_state is distinct from 'RELEASED'::text then next_due_on\n else null::date\nend, "
    "'infinity'::date)"
)


class Projection(Base, table=True):
    """One generation of the read model; at most one is active and at most one is being built."""

    __tablename__ = "projection"
    __table_args__ = (
        CheckConstraint("state IN ('BUILDING', 'ACTIVE', 'RETIRED')", name="state"),
        Index("uq_projection_active", "state", unique=True, postgresql_where=text("state = 'ACTIVE'")),
        Index("uq_projection_building", "state", unique=True, postgresql_where=text("state = 'BUILDING'")),
    )
    generation: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    started_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    activated_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    progress: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, server_default=EMPTY))
    requested_by: str = Field(sa_column=Column(Text, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))


class JourneyEntry(Base, table=True):
    """One thing that happened to one person; `refs` holds codes and ids."""

    __tablename__ = "journey_entry"
    __table_args__ = (Index("ix_journey_entry_person", "generation", "person_id", "occurred_at", "event_id"),)
    generation: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    event_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    person_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    source: str = Field(sa_column=Column(Text, nullable=False))
    type: str = Field(sa_column=Column(Text, nullable=False))
    stream: str = Field(sa_column=Column(Text, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    occurred_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    recorded_by: str = Field(sa_column=Column(Text, nullable=False))
    supersedes: UUID | None = Field(default=None, sa_column=Column(Uuid))
    summary_code: str = Field(sa_column=Column(Text, nullable=False))
    refs: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, server_default=EMPTY))


class PersonHead(Base, table=True):
    """Where one person stands: the axes, the stage that follows from them, and how far each stream was read."""

    __tablename__ = "person_head"
    __table_args__ = (
        Index("ix_person_head_facility_stage", "generation", "facility", "stage"),
        # in the order of a list: persons without a day come last
        Index("ix_person_head_due", "generation", DUE, "person_id"),
        # a facility is not told what is due for those it has released
        Index("ix_person_head_facility_due", "generation", "facility", DUE_IN_CUSTODY, "person_id"),
        Index("ix_person_head_updated_at", "generation", "updated_at", "person_id"),
    )
    generation: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    person_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    custody_state: str | None = Field(default=None, sa_column=Column(Text))
    facility: str | None = Field(default=None, sa_column=Column(Text))
    incoming_facility: str | None = Field(default=None, sa_column=Column(Text))
    curriculum_state: str | None = Field(default=None, sa_column=Column(Text))
    tvet_state: str | None = Field(default=None, sa_column=Column(Text))
    case_state: str | None = Field(default=None, sa_column=Column(Text))
    worker_id: str | None = Field(default=None, sa_column=Column(Text))
    org: str | None = Field(default=None, sa_column=Column(Text))
    return_district: str | None = Field(default=None, sa_column=Column(Text))
    expected_release_on: date | None = Field(default=None, sa_column=Column(Date))
    released_on: date | None = Field(default=None, sa_column=Column(Date))
    case_closed_on: date | None = Field(default=None, sa_column=Column(Date))
    next_due_on: date | None = Field(default=None, sa_column=Column(Date))
    stage: str = Field(sa_column=Column(Text, nullable=False, server_default=text("'UNKNOWN'")))
    versions: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False, server_default=EMPTY))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class SourceSeen(Base, table=True):
    """Up to when the read model is known to hold all that a service said: it answered, the broker answered, and
    nothing of its topic was waiting.
    """

    __tablename__ = "source_seen"
    source: str = Field(sa_column=Column(Text, primary_key=True))
    fresh_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    checked_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    is_reachable: bool = Field(sa_column=Column(Boolean, nullable=False))
