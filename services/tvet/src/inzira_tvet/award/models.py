"""Awards. There is no column for a place: a certificate never says where it was earned (domain.md 0.9)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, Text
from sqlmodel import Field

from inzira_tvet.database import Base


class Award(Base, table=True):
    """RTB's certificate as recorded here: its number, its day, and who verified it inside."""

    __tablename__ = "award"
    __table_args__ = (
        Index("uq_award_training_id", "training_id", unique=True),
        Index("uq_award_rtb_number", "rtb_number", unique=True),
        Index("ix_award_awarded_on", "awarded_on"),
    )

    id: UUID = Field(primary_key=True)
    training_id: UUID = Field(foreign_key="training.id")
    person_id: UUID
    programme_code: str = Field(sa_type=Text)
    programme_version: int
    trade: str = Field(sa_type=Text)
    rtqf_level: int
    certificate: str = Field(sa_type=Text)
    rtb_number: str = Field(sa_type=Text)
    awarded_on: date
    verifier: str = Field(sa_type=Text)
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    recorded_by: str = Field(sa_type=Text)
