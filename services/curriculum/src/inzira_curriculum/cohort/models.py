"""Cohorts and the sessions they have had."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, text
from sqlmodel import Field

from inzira_curriculum.cohort.domain import CohortState
from inzira_curriculum.database import Base

STATES = ", ".join(f"'{state}'" for state in CohortState)


class Cohort(Base, table=True):
    """A group in one facility going through one version of one programme."""

    __tablename__ = "cohort"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint("capacity BETWEEN 1 AND 1000", name="capacity"),
        Index("ix_cohort_facility_starts_on", "facility", "starts_on", "id"),
    )

    id: UUID = Field(primary_key=True)
    programme_code: str
    programme_version: int
    facility: str
    starts_on: date
    capacity: int
    state: str = CohortState.OPEN
    sessions_held: int = 0
    opened_by: str
    opened_at: datetime = Field(sa_type=DateTime(timezone=True))
    version: int = 1


class SessionRecord(Base, table=True):
    """A session that took place. A changed day or count is a new row; the row that stands is current."""

    __tablename__ = "session_record"
    __table_args__ = (
        Index(
            "uq_session_record_current",
            "cohort_id",
            "session_code",
            unique=True,
            postgresql_where=text("is_current"),
        ),
    )

    id: UUID = Field(primary_key=True)
    cohort_id: UUID = Field(sa_column_args=[ForeignKey("cohort.id")])
    facility: str
    session_code: str
    held_on: date
    present: int
    absent: int
    reason_code: str | None = None
    supersedes_id: UUID | None = None
    is_current: bool = True
    recorded_by: str
    recorded_at: datetime = Field(sa_type=DateTime(timezone=True))
    event_version: int | None = None
