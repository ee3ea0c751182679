"""The answers of Mandela Rule 7 given at an admission."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text
from sqlmodel import Field

from inzira_intake.admission.domain import Answer, Section
from inzira_intake.database import Base, moment, one_of


class AdmissionSection(Base, table=True):
    """One section; its text tells of injuries, family and belongings, and is encrypted."""

    __tablename__ = "admission_section"
    __table_args__ = (
        one_of("section", Section),
        one_of("answer", Answer),
        CheckConstraint("(answer = 'RECORDED') = (ciphertext IS NOT NULL)", name="recorded"),
        Index("ix_admission_section_person_id", "person_id"),
    )

    episode_id: UUID = Field(primary_key=True, foreign_key="episode.id")
    section: str = Field(primary_key=True, sa_type=Text)
    person_id: UUID
    answer: str = Field(sa_type=Text)
    ciphertext: bytes | None = Field(default=None, sa_type=LargeBinary)
    key_version: int | None = None
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)
