"""What this service knows of a person: ids, codes and dates replicated from events, never a name."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, text
from sqlmodel import Field

from inzira_curriculum.database import Base


class Participant(Base, table=True):
    """One person as custody's events leave them; `placed_at` is when the latest movement happened."""

    __tablename__ = "participant"
    __table_args__ = (Index("ix_participant_facility_status", "facility", "legal_status"),)

    person_id: UUID = Field(primary_key=True)
    episode_id: UUID | None = None
    facility: str | None = None
    custody_state: str | None = None
    legal_status: str | None = None
    admitted_on: date | None = None
    released_on: date | None = None
    expected_release_on: date | None = None
    parole_eligible_on: date | None = None
    placed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class PersonFlag(Base, table=True):
    """A risk flag raised elsewhere: its level and days only; what was seen stays where it was seen."""

    __tablename__ = "person_flag"
    __table_args__ = (Index("ix_person_flag_open", "person_id", postgresql_where=text("closed_on IS NULL")),)

    flag_id: UUID = Field(primary_key=True)
    person_id: UUID
    level: str
    opened_on: date
    closed_on: date | None = None
