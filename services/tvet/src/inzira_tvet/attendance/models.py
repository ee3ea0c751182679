"""Attendance, one row per training and day; a correction is a new row that supersedes the old one."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, Text, text
from sqlmodel import Field

from inzira_tvet.database import Base


class AttendanceMark(Base, table=True):
    """Whether a trainee was there on a day. Rows are added, never changed but for `is_current`."""

    __tablename__ = "attendance_mark"
    __table_args__ = (
        Index(
            "uq_attendance_mark_current",
            "training_id",
            "held_on",
            unique=True,
            postgresql_where=text("is_current"),
        ),
    )

    id: UUID = Field(primary_key=True)
    training_id: UUID = Field(foreign_key="training.id")
    person_id: UUID
    held_on: date
    present: bool
    is_current: bool = True
    supersedes_id: UUID | None = None
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    recorded_by: str = Field(sa_type=Text)
