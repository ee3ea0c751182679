"""Tables of custody: the episode, the facts in it, and the corrections that supersede their times."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Column, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from inzira_intake.custody.domain import CustodyState, FactKind, LegalStatus, Supervision
from inzira_intake.database import Base, moment, one_of


class Episode(Base, table=True):
    """One stay in custody. Its state is what its facts add up to, kept here for lists and locks."""

    __tablename__ = "episode"
    __table_args__ = (
        one_of("custody_state", CustodyState),
        one_of("legal_status", LegalStatus),
        one_of("supervision", Supervision),
        CheckConstraint("(closed_at IS NULL) = (custody_state NOT IN ('RELEASED','DECEASED'))", name="closed"),
        # no second open episode, whatever two officers do at once
        Index("uq_episode_open", "person_id", unique=True, postgresql_where=text("closed_at IS NULL")),
        Index("ix_episode_person_id", "person_id"),
        Index("ix_episode_release", "expected_release_on", "id", postgresql_where=text("closed_at IS NULL")),
        Index("ix_episode_parole", "parole_eligible_on", "id", postgresql_where=text("closed_at IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.person_id")
    admission_kind: str = Field(sa_type=Text)
    readmission_type: str | None = Field(default=None, sa_type=Text)
    previous_episode_id: UUID | None = Field(default=None, foreign_key="episode.id")
    order_number: str = Field(sa_type=Text)
    order_authority: str = Field(sa_type=Text)
    order_issued_on: date | None = None
    order_scan_ref: str | None = Field(default=None, sa_type=Text)
    offences: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    facility: str = Field(sa_type=Text)
    incoming_facility: str | None = Field(default=None, sa_type=Text)
    custody_state: str = Field(sa_type=Text)
    legal_status: str = Field(sa_type=Text)
    supervision: str = Field(default=Supervision.NONE.value, sa_type=Text)
    expected_release_on: date | None = None
    parole_eligible_on: date | None = None
    state_due_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    closed_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    version: int = 1
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)


class CustodyFact(Base, table=True):
    """Something that happened, as first recorded; never changed. `stream_version` finds the event that told it."""

    __tablename__ = "custody_fact"
    __table_args__ = (
        one_of("kind", FactKind),
        Index("ix_custody_fact_episode_id_occurred_at", "episode_id", "occurred_at"),
        Index("ix_custody_fact_person_id", "person_id"),
    )

    id: UUID = Field(primary_key=True)
    episode_id: UUID = Field(foreign_key="episode.id")
    person_id: UUID
    kind: str = Field(sa_type=Text)
    occurred_at: datetime = Field(sa_column=moment())
    at_facility: str | None = Field(default=None, sa_type=Text)
    to_facility: str | None = Field(default=None, sa_type=Text)
    reference: str | None = Field(default=None, sa_type=Text)
    authority: str | None = Field(default=None, sa_type=Text)
    due_back_on: date | None = None
    details: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    stream_version: int
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)


class FactCorrection(Base, table=True):
    """Another time for a fact. The latest one counts; the fact and earlier corrections stay as they were."""

    __tablename__ = "fact_correction"
    __table_args__ = (Index("ix_fact_correction_episode_id", "episode_id", "fact_id"),)

    id: UUID = Field(primary_key=True)
    fact_id: UUID = Field(foreign_key="custody_fact.id")
    episode_id: UUID = Field(foreign_key="episode.id")
    person_id: UUID
    occurred_at: datetime = Field(sa_column=moment())
    replaced_at: datetime = Field(sa_column=moment())
    reason_code: str = Field(sa_type=Text)
    reference: str | None = Field(default=None, sa_type=Text)
    stream_version: int
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)
