"""Assessments, versions of the plan, and the goals of each version. Codes only: no free text about a person."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from inzira_reintegration.case.domain import Tier
from inzira_reintegration.database import Base, moment, one_of
from inzira_reintegration.plan.domain import AssessmentKind, GoalState


class Assessment(Base, table=True):
    """Scores of all twelve domains on one day."""

    __tablename__ = "assessment"
    __table_args__ = (
        CheckConstraint(one_of("kind", AssessmentKind), name="kind"),
        Index("ix_assessment_case_id", "case_id", "held_on"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="reintegration_case.id")
    person_id: UUID
    kind: str = Field(sa_type=Text)
    held_on: date
    scores: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)


class Plan(Base, table=True):
    """One version of the plan; a change is the next version, the old one stays."""

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint(one_of("tier", Tier), name="tier"),
        UniqueConstraint("case_id", "plan_version"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="reintegration_case.id")
    person_id: UUID
    plan_version: int
    tier: str = Field(sa_type=Text)
    signed_on: date | None = None
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)


class PlanGoal(Base, table=True):
    """One goal of one version."""

    __tablename__ = "plan_goal"
    __table_args__ = (
        CheckConstraint(one_of("state", GoalState), name="state"),
        UniqueConstraint("plan_id", "position"),
    )

    id: UUID = Field(primary_key=True)
    plan_id: UUID = Field(foreign_key="plan.id")
    person_id: UUID
    position: int
    domain_code: str = Field(sa_type=Text)
    goal_code: str = Field(sa_type=Text)
    owner: str = Field(sa_type=Text)
    due_on: date
    state: str = Field(sa_type=Text)
