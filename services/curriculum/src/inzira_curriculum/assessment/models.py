"""Knowledge test results, superseded and never overwritten."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, text
from sqlmodel import Field

from inzira_curriculum.database import Base


class TestResult(Base, table=True):
    """One sitting of one test; `score` is 0 to 100, `passed` is empty for a pre-test."""

    __test__ = False  # pytest would otherwise take the name for a test class
    __tablename__ = "test_result"
    __table_args__ = (
        CheckConstraint("phase IN ('PRE', 'POST')", name="phase"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        Index(
            "uq_test_result_current",
            "lineage_id",
            "phase",
            "sitting",
            unique=True,
            postgresql_where=text("is_current"),
        ),
    )

    id: UUID = Field(primary_key=True)
    enrolment_id: UUID = Field(sa_column_args=[ForeignKey("enrolment.id")])
    lineage_id: UUID
    person_id: UUID
    phase: str
    sitting: int
    score: int
    passed: bool | None = None
    taken_on: date
    reason_code: str | None = None
    supersedes_id: UUID | None = None
    is_current: bool = True
    recorded_at: datetime = Field(sa_type=DateTime(timezone=True))
    recorded_by: str
    event_version: int | None = None
