"""Consents and legal duties on the wire. Names of witnesses and guardians are shown to those who may identify."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from inzira_platform.http import Code, Schema, ShortText, Written
from pydantic import Field, StringConstraints

from inzira_intake.consent.domain import (
    Basis,
    ConsentState,
    DataClass,
    Guardian,
    GuardianRelation,
    Language,
    Method,
    Period,
    Purpose,
    Witness,
    WitnessRole,
    state_at,
)
from inzira_intake.consent.duty import NewDuty
from inzira_intake.consent.models import Consent
from inzira_intake.consent.service import ConsentNames, NewConsent
from inzira_intake.consent.texts import AgreementText, LegalDuty
from inzira_intake.wire import When

Account = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
Classes = Annotated[list[DataClass], Field(min_length=1, max_length=20)]
Version = Annotated[int, Field(ge=1, le=1_000_000)]


class WitnessCreate(Schema):
    """Who heard it: somebody with an account, or somebody named."""

    role: WitnessRole
    account: Account | None = None
    full_name: ShortText | None = None


class GuardianCreate(Schema):
    """Who consented with a person under 16."""

    relation: GuardianRelation
    full_name: ShortText


class ConsentCreate(Schema):
    """One purpose, one recipient, the text that was read; `valid_to` is the moment from which it no longer holds."""

    purpose: Purpose
    recipient: Code = Field(description="code of the organisation that may receive")
    data_classes: Classes
    agreement_code: Code
    agreement_version: Version
    language: Language
    method: Method
    given_at: When | None = Field(None, description="now when left out")
    valid_from: When | None = Field(None, description="when it was given, if left out")
    valid_to: When = Field(description="at most 24 months after valid_from")
    proof_reference: ShortText | None = Field(None, description="where the signed paper or electronic record is kept")
    witness: WitnessCreate | None = None
    guardian: GuardianCreate | None = None

    def as_consent(self) -> NewConsent:
        """For the use case."""
        return NewConsent(
            purpose=self.purpose,
            recipient=self.recipient,
            data_classes=tuple(self.data_classes),
            agreement_code=self.agreement_code,
            agreement_version=self.agreement_version,
            language=self.language,
            method=self.method,
            ends=self.valid_to,
            given_at=self.given_at,
            begins=self.valid_from,
            proof_reference=self.proof_reference,
            witness=Witness(**self.witness.model_dump()) if self.witness else None,
            guardian=Guardian(**self.guardian.model_dump()) if self.guardian else None,
        )


class DutyCreate(Schema):
    """What a law demands; without `valid_to` until it is ended."""

    duty_code: Code
    recipient: Code
    data_classes: Classes
    valid_from: When | None = Field(None, description="now when left out")
    valid_to: When | None = None
    reference: ShortText | None = Field(None, description="number of the order or request")

    def as_duty(self) -> NewDuty:
        """For the use case."""
        return NewDuty(
            duty_code=self.duty_code,
            recipient=self.recipient,
            data_classes=tuple(self.data_classes),
            begins=self.valid_from,
            ends=self.valid_to,
            reference=self.reference,
        )


class EndCreate(Schema):
    """Why and where it is written; nothing is needed, so that nothing stands in the way."""

    reference: ShortText | None = None


class ConsentWritten(Written):
    """`id` is the consent's, or the legal duty's."""

    state: ConsentState

    @classmethod
    def of(cls, row: Consent, at: datetime) -> "ConsentWritten":
        """With the state at `at`."""
        return cls(id=row.id, version=row.version, state=_state(row, at))


class WitnessRead(Schema):
    """The name only for callers who may identify."""

    role: WitnessRole
    account: str | None
    full_name: str | None


class GuardianRead(Schema):
    """The name only for callers who may identify."""

    relation: GuardianRelation
    full_name: str | None


class ConsentRead(Schema):
    """A consent or, where `basis` says so, a legal duty: then `agreement_code` is the duty's."""

    id: UUID
    basis: Basis
    state: ConsentState = Field(description="at the moment asked for")
    purpose: Purpose
    recipient: str
    data_classes: list[DataClass]
    agreement_code: str
    agreement_version: int
    language: Language | None
    text_hash: str | None
    method: Method | None
    proof_reference: str | None
    witness: WitnessRead | None
    guardian: GuardianRead | None
    given_at: datetime
    valid_from: datetime
    valid_to: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawal_reference: str | None
    recorded_at: datetime
    recorded_by: str
    version: int

    @classmethod
    def of(cls, row: Consent, at: datetime, names: ConsentNames) -> "ConsentRead":
        """With the state at `at`."""
        made = {"state", "witness", "guardian"}
        values = {name: getattr(row, name) for name in cls.model_fields if name not in made}
        witness = {"role": row.witness_role, "account": row.witness_account, "full_name": names.witness}
        guardian = {"relation": row.guardian_relation, "full_name": names.guardian}
        return cls.model_validate(
            {
                **values,
                "state": _state(row, at),
                "witness": witness if row.witness_role else None,
                "guardian": guardian if row.guardian_relation else None,
            }
        )


class TextRead(Schema):
    """A text to be read aloud before asking; the words in braces are said in place."""

    code: str
    version: int
    language: Language
    purpose: Purpose
    data_classes: list[DataClass]
    body: str
    text_hash: str
    effective_from: date
    is_current: bool
    is_reviewed: bool = Field(description="false while a native speaker has not reviewed it")

    @classmethod
    def of(cls, text: AgreementText, today: date) -> "TextRead":
        """As it is kept."""
        values = {name: getattr(text, name) for name in cls.model_fields if hasattr(text, name)}
        return cls(**{**values, "data_classes": sorted(text.data_classes), "is_current": text.is_in_force(today)})


class TextList(Schema):
    """The texts asked for."""

    items: list[TextRead]


class DutyRead(Schema):
    """A law that demands that data be given."""

    code: str
    version: int
    purpose: Purpose
    recipients: list[str]
    data_classes: list[DataClass]
    law: str
    article: str
    effective_from: date
    is_current: bool
    is_confirmed: bool = Field(description="false while counsel has not confirmed law and article")

    @classmethod
    def of(cls, duty: LegalDuty, today: date) -> "DutyRead":
        """As it is kept."""
        values = {name: getattr(duty, name) for name in cls.model_fields if hasattr(duty, name)}
        lists = {"recipients": sorted(duty.recipients), "data_classes": sorted(duty.data_classes)}
        return cls(**{**values, **lists, "is_current": duty.is_in_force(today)})


class DutyList(Schema):
    """Every duty in every version."""

    items: list[DutyRead]


def _state(row: Consent, at: datetime) -> ConsentState:
    return state_at(Period(row.valid_from, row.valid_to), row.withdrawn_at, at)
