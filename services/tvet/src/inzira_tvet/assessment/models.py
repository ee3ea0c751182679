"""Assessments as they were held; a correction is a new row that supersedes the old one."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from inzira_tvet.database import Base


class ModuleAssessment(Base, table=True):
    """One sitting of one module: `outcomes` maps each outcome judged to C or NYC."""

    __tablename__ = "module_assessment"
    __table_args__ = (
        CheckConstraint("result IN ('C', 'NYC')", name="result"),
        Index(
            "uq_module_assessment_current",
            "training_id",
            "module_code",
            "assessed_on",
            unique=True,
            postgresql_where=text("is_current"),
        ),
    )

    id: UUID = Field(primary_key=True)
    training_id: UUID = Field(foreign_key="training.id")
    person_id: UUID
    module_code: str = Field(sa_type=Text)
    assessed_on: date
    assessor: str = Field(sa_type=Text)
    outcomes: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    evidence: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    result: str = Field(sa_type=Text)
    is_current: bool = True
    supersedes_id: UUID | None = None
    reason_code: str | None = Field(default=None, sa_type=Text)
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    recorded_by: str = Field(sa_type=Text)


class IntegratedAssessment(Base, table=True):
    """One sitting of the integrated assessment, judged by another than the instructor."""

    __tablename__ = "integrated_assessment"
    __table_args__ = (
        CheckConstraint("result IN ('C', 'NYC')", name="result"),
        Index(
            "uq_integrated_assessment_current",
            "training_id",
            "assessed_on",
            unique=True,
            postgresql_where=text("is_current"),
        ),
    )

    id: UUID = Field(primary_key=True)
    training_id: UUID = Field(foreign_key="training.id")
    person_id: UUID
    assessed_on: date
    assessor: str = Field(sa_type=Text)
    result: str = Field(sa_type=Text)
    is_current: bool = True
    supersedes_id: UUID | None = None
    reason_code: str | None = Field(default=None, sa_type=Text)
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    recorded_by: str = Field(sa_type=Text)
