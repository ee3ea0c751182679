"""Contacts that took place."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from inzira_reintegration.database import Base, moment


class Visit(Base, table=True):
    """A contact that took place; scores are of the domains looked at, all twelve make it a review."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_case_id", "case_id", "held_on"),)

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="reintegration_case.id")
    person_id: UUID
    kind: str = Field(sa_type=Text)
    held_on: date
    scores: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    is_review: bool
    due_item_id: UUID | None = None
    due_code: str | None = Field(default=None, sa_type=Text)
    in_time: bool | None = None
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)
