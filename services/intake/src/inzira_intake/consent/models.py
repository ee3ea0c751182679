"""The ledger of consents and legal duties: a row is never changed but by the one withdrawal, or end, it may have."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Column, Index, LargeBinary, Text
from sqlmodel import Field

from inzira_intake.consent.domain import Basis, GuardianRelation, Language, Method, Purpose, WitnessRole
from inzira_intake.database import Base, moment, one_of


class Consent(Base, table=True):
    """One consent, or one duty a law imposes. Its state is not stored: it follows from the dates."""

    __tablename__ = "consent"
    __table_args__ = (
        one_of("basis", Basis),
        one_of("purpose", Purpose),
        one_of("language", Language),
        one_of("method", Method),
        one_of("witness_role", WitnessRole),
        one_of("guardian_relation", GuardianRelation),
        CheckConstraint("cardinality(data_classes) > 0", name="data_classes"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period"),
        # a consent has a text, a way it was given and an end; a duty has none of them
        CheckConstraint(
            "CASE basis WHEN 'CONSENT' THEN num_nulls(language, text_hash, method, valid_to) = 0 "
            "AND purpose <> 'custody_management' AND valid_to <= valid_from + interval '731 days' "
            "ELSE num_nonnulls(language, text_hash, method, witness_role, guardian_relation) = 0 END",
            name="by_basis",
        ),
        CheckConstraint("method <> 'ORAL' OR witness_role IS NOT NULL", name="witness"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
        Index("ix_consent_person_id", "person_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID
    basis: str = Field(sa_type=Text)
    purpose: str = Field(sa_type=Text)
    recipient: str = Field(sa_type=Text)
    data_classes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    agreement_code: str = Field(sa_type=Text)
    agreement_version: int
    language: str | None = Field(default=None, sa_type=Text)
    text_hash: str | None = Field(default=None, sa_type=Text)
    method: str | None = Field(default=None, sa_type=Text)
    proof_reference: str | None = Field(default=None, sa_type=Text)
    witness_role: str | None = Field(default=None, sa_type=Text)
    witness_account: str | None = Field(default=None, sa_type=Text)
    witness_name: bytes | None = Field(default=None, sa_type=LargeBinary)
    guardian_relation: str | None = Field(default=None, sa_type=Text)
    guardian_name: bytes | None = Field(default=None, sa_type=LargeBinary)
    key_version: int | None = None
    given_at: datetime = Field(sa_column=moment())
    valid_from: datetime = Field(sa_column=moment())
    valid_to: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    withdrawn_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    withdrawn_by: str | None = Field(default=None, sa_type=Text)
    withdrawal_reference: str | None = Field(default=None, sa_type=Text)
    version: int = 1
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)
