"""Tables of a training: the training, what it was credited with, and every change of its state."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Text, text
from sqlmodel import Field

from inzira_tvet.database import Base
from inzira_tvet.training.domain import LIVE, State


def _one_of(column: str, values: tuple[State, ...]) -> str:
    """SQL that says `column` is one of `values`."""
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class Training(Base, table=True):
    """One person in one version of one programme at one facility; `state_on` is the day the state began."""

    __tablename__ = "training"
    __table_args__ = (
        CheckConstraint(_one_of("state", tuple(State)), name="state"),
        CheckConstraint("rtqf_level BETWEEN 1 AND 7", name="rtqf_level"),
        CheckConstraint("state_on >= opened_on", name="state_on"),
        Index(
            "uq_training_live",
            "person_id",
            "programme_code",
            unique=True,
            postgresql_where=text(_one_of("state", LIVE)),
        ),
        Index("ix_training_person_id", "person_id"),
        Index("ix_training_facility_programme_code", "facility", "programme_code", "state"),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID
    programme_code: str = Field(sa_type=Text)
    programme_version: int
    trade: str = Field(sa_type=Text)
    rtqf_level: int
    facility: str = Field(sa_type=Text)
    instructor: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    state_on: date
    opened_on: date
    resumes_training_id: UUID | None = None
    version: int = 1
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    recorded_by: str = Field(sa_type=Text)


class TrainingCredit(Base, table=True):
    """A module shown in an earlier training and not learned again."""

    __tablename__ = "training_credit"

    training_id: UUID = Field(primary_key=True, foreign_key="training.id")
    module_code: str = Field(primary_key=True, sa_type=Text)
    person_id: UUID
    from_training_id: UUID


class TrainingChange(Base, table=True):
    """One change of state: when it happened, when it was learned, who recorded it, and why."""

    __tablename__ = "training_change"
    __table_args__ = (Index("ix_training_change_training_id", "training_id"),)

    id: UUID = Field(primary_key=True)
    training_id: UUID = Field(foreign_key="training.id")
    person_id: UUID
    action: str = Field(sa_type=Text)
    from_state: str = Field(sa_type=Text)
    to_state: str = Field(sa_type=Text)
    reason_code: str | None = Field(default=None, sa_type=Text)
    changed_on: date
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    recorded_by: str = Field(sa_type=Text)
