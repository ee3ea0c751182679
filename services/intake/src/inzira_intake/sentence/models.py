"""Tables of sentences and of every computation of their dates; both only ever grow."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from inzira_intake.custody.domain import LegalStatus
from inzira_intake.database import Base, moment, one_of
from inzira_intake.sentence.computation import ParoleStatus


class Sentence(Base, table=True):
    """The terms in force from `recorded_at` on; a later row of the episode supersedes this one."""

    __tablename__ = "sentence"
    __table_args__ = (
        one_of("legal_status", LegalStatus),
        Index("ix_sentence_episode_id_recorded_at", "episode_id", "recorded_at"),
        Index("ix_sentence_person_id", "person_id"),
    )

    id: UUID = Field(primary_key=True)
    episode_id: UUID = Field(foreign_key="episode.id")
    person_id: UUID
    terms: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    duration: str = Field(sa_type=Text)
    starts_on: date
    legal_status: str = Field(sa_type=Text)
    decided_on: date
    reason_code: str = Field(sa_type=Text)
    reference: str | None = Field(default=None, sa_type=Text)
    supersedes_id: UUID | None = Field(default=None, foreign_key="sentence.id")
    stream_version: int
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)


class DateComputation(Base, table=True):
    """One result of the date computation with its trace: why a date is what it is, or was."""

    __tablename__ = "date_computation"
    __table_args__ = (
        one_of("parole_status", ParoleStatus),
        Index("ix_date_computation_episode_id_recorded_at", "episode_id", "recorded_at"),
    )

    id: UUID = Field(primary_key=True)
    episode_id: UUID = Field(foreign_key="episode.id")
    person_id: UUID
    evaluated_on: date
    cause: str = Field(sa_type=Text)
    rule_set: str = Field(sa_type=Text)
    inputs_hash: str = Field(sa_type=Text)
    legal_status: str = Field(sa_type=Text)
    expected_release_on: date | None = None
    parole_eligible_on: date | None = None
    parole_status: str = Field(sa_type=Text)
    total_days: int | None = None
    needs_second_officer: bool
    trace: list[dict[str, str]] = Field(sa_column=Column(JSONB, nullable=False))
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)
