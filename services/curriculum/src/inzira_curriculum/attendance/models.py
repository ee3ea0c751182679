"""Marks of attendance, superseded and never overwritten."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, text
from sqlmodel import Field

from inzira_curriculum.database import Base


class AttendanceMark(Base, table=True):
    """One mark for one person and one session. `is_current` tells the one that stands."""

    __tablename__ = "attendance_mark"
    __table_args__ = (
        CheckConstraint("code IN ('P', 'L', 'E', 'U', 'M')", name="code"),
        Index(
            "uq_attendance_mark_current",
            "enrolment_id",
            "session_code",
            unique=True,
            postgresql_where=text("is_current"),
        ),
        Index("ix_attendance_mark_lineage_id", "lineage_id", postgresql_where=text("is_current")),
        Index("ix_attendance_mark_cohort_id", "cohort_id", "session_code", postgresql_where=text("is_current")),
    )

    id: UUID = Field(primary_key=True)
    enrolment_id: UUID = Field(sa_column_args=[ForeignKey("enrolment.id")])
    lineage_id: UUID
    cohort_id: UUID
    person_id: UUID
    session_code: str
    code: str
    held_on: date
    kind: str
    reason_code: str | None = None
    supersedes_id: UUID | None = None
    is_current: bool = True
    first_recorded_at: datetime = Field(sa_type=DateTime(timezone=True))
    recorded_at: datetime = Field(sa_type=DateTime(timezone=True))
    recorded_by: str
    event_version: int | None = None
