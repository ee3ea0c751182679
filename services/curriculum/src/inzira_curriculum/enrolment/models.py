"""Enrolments and every change of their state."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, text
from sqlmodel import Field

from inzira_curriculum.database import Base
from inzira_curriculum.enrolment.domain import OPEN, EnrolmentState

STATES = ", ".join(f"'{state}'" for state in EnrolmentState)
OPEN_STATES = ", ".join(f"'{state}'" for state in sorted(OPEN))


class Enrolment(Base, table=True):
    """One person in one cohort. Parts of one way share a `lineage_id`: their credits count together.

    Programme, version and facility repeat the cohort's, since the cohort of an earlier part may be out of sight.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="state"),
        Index(
            "uq_enrolment_open",
            "person_id",
            "programme_code",
            unique=True,
            postgresql_where=text(f"state IN ({OPEN_STATES})"),
        ),
        Index("ix_enrolment_cohort_id", "cohort_id"),
        Index("ix_enrolment_lineage_id", "lineage_id"),
        Index("ix_enrolment_person_id", "person_id"),
    )

    id: UUID = Field(primary_key=True)
    lineage_id: UUID
    continues_id: UUID | None = None
    cohort_id: UUID = Field(sa_column_args=[ForeignKey("cohort.id")])
    person_id: UUID
    episode_id: UUID | None = None
    programme_code: str
    programme_version: int
    facility: str
    state: str
    since_on: date
    enrolled_on: date
    override_reason: str | None = None
    sessions_attended: int | None = None
    created_by: str
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    version: int = 1


class EnrolmentChange(Base, table=True):
    """A step between two states: when it happened, why, and who recorded it when."""

    __tablename__ = "enrolment_change"
    __table_args__ = (Index("ix_enrolment_change_enrolment_id", "enrolment_id", "id"),)

    id: UUID = Field(primary_key=True)
    enrolment_id: UUID = Field(sa_column_args=[ForeignKey("enrolment.id")])
    person_id: UUID
    action: str
    from_state: str
    to_state: str
    reason_code: str
    occurred_on: date
    recorded_by: str
    recorded_at: datetime = Field(sa_type=DateTime(timezone=True))
