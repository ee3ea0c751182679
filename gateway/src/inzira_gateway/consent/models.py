"""The replica of intake's consents and legal duties."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Column, DateTime, Index, Integer, Text, Uuid
from sqlmodel import Field

from inzira_gateway.database import Base


class ConsentGrant(Base, table=True):
    """One consent, or one legal duty; whether it holds follows from its moments, asked in the query."""

    __tablename__ = "consent_grant"
    __table_args__ = (
        CheckConstraint("basis IN ('CONSENT', 'LEGAL_DUTY', 'UNKNOWN')", name="basis"),
        Index("ix_consent_grant_recipient_person_id", "recipient", "person_id"),
    )
    consent_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    person_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    basis: str = Field(sa_column=Column(Text, nullable=False))
    purpose: str = Field(sa_column=Column(Text, nullable=False))
    recipient: str = Field(sa_column=Column(Text, nullable=False))
    data_classes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    agreement_code: str | None = Field(default=None, sa_column=Column(Text))
    agreement_version: int | None = Field(default=None, sa_column=Column(Integer))
    valid_from: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    valid_to: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
