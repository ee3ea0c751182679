"""Local copy of what intake's events say of a person; no name, no identifier but the person's id."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlmodel import Field

from inzira_tvet.database import Base


class Participant(Base, table=True):
    """Where a person is held; `left_on` is the day of release or death, `located_at` the time of the last move."""

    __tablename__ = "participant"

    person_id: UUID = Field(primary_key=True)
    episode_id: UUID
    facility: str | None = Field(default=None, sa_type=Text)
    sex: str = Field(sa_type=Text)
    custody_state: str = Field(sa_type=Text)
    admitted_on: date
    left_on: date | None = None
    located_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
