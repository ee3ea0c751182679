"""Statements of attainment. No column for a place: the statement never says where it was earned."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from inzira_tvet.attainment.domain import Cause
from inzira_tvet.database import Base

CAUSES = ", ".join(repr(cause.value) for cause in Cause)


class AttainmentStatement(Base, table=True):
    """The modules of one programme that were competent on a day."""

    __tablename__ = "attainment_statement"
    __table_args__ = (
        CheckConstraint(f"cause IN ({CAUSES})", name="cause"),
        Index("ix_attainment_statement_training_id", "training_id"),
    )

    id: UUID = Field(primary_key=True)
    training_id: UUID = Field(foreign_key="training.id")
    person_id: UUID
    programme_code: str = Field(sa_type=Text)
    programme_version: int
    modules: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    cause: str = Field(sa_type=Text)
    issued_on: date
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    recorded_by: str = Field(sa_type=Text)
