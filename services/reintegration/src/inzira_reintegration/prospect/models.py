"""One row per person in custody: what is needed to know when their case opens."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from inzira_reintegration.database import Base, moment, one_of


class ProspectStatus(StrEnum):
    """WAITING for the window to open, OPENED once a case exists, ENDED by release or death."""

    WAITING = "WAITING"
    OPENED = "OPENED"
    ENDED = "ENDED"


class Prospect(Base, table=True):
    """The latest custody episode of a person, as intake told it."""

    __tablename__ = "prospect"
    __table_args__ = (
        CheckConstraint(one_of("status", ProspectStatus), name="status"),
        Index(
            "ix_prospect_waiting",
            "expected_release_on",
            postgresql_where=text("status = 'WAITING' AND expected_release_on IS NOT NULL"),
        ),
    )

    person_id: UUID = Field(primary_key=True)
    episode_id: UUID
    facility: str = Field(sa_type=Text)
    return_district: str | None = Field(default=None, sa_type=Text)
    admitted_on: date
    legal_status: str = Field(sa_type=Text)
    custody_state: str = Field(sa_type=Text)
    expected_release_on: date | None = None
    status: str = Field(sa_type=Text)
    updated_at: datetime = Field(sa_column=moment())
