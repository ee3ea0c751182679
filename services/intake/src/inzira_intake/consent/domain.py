"""What a person agreed to, and what a law demands instead (Law 058/2021, domain.md 8; security.md 6). Pure.

Consent is one purpose, one recipient and some classes of data, for at most 24 months. What a law demands is a legal
duty: recorded as such, never written as consent, and not the person's to withdraw.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dateutil.relativedelta import relativedelta
from inzira_platform.clock import KIGALI
from inzira_platform.errors import DomainError, Kind, NotFoundError

from inzira_intake.custody.timeline import refuse_future

LONGEST_MONTHS = 24
ADULT_CONSENT_AGE = 16


class Purpose(StrEnum):
    """The closed list of security.md 6."""

    CUSTODY_MANAGEMENT = "custody_management"
    PSYCHOSOCIAL_CARE = "psychosocial_care"
    CURRICULUM = "curriculum"
    TVET_TRAINING = "tvet_training"
    REINTEGRATION_SUPPORT = "reintegration_support"
    FAMILY_CONTACT = "family_contact"
    HEALTH_REFERRAL = "health_referral"
    ME_STATISTICS = "me_statistics"
    RESEARCH = "research"


class DataClass(StrEnum):
    """What kind of data is spoken of."""

    IDENTITY = "IDENTITY"
    CONTACT = "CONTACT"
    FAMILY = "FAMILY"
    CUSTODY = "CUSTODY"
    SENTENCE = "SENTENCE"
    CURRICULUM = "CURRICULUM"
    TRAINING = "TRAINING"
    REINTEGRATION = "REINTEGRATION"
    HEALTH = "HEALTH"


class Basis(StrEnum):
    """Why data may be shared."""

    CONSENT = "CONSENT"
    LEGAL_DUTY = "LEGAL_DUTY"


class Language(StrEnum):
    """The official languages a text is kept in (Art. 7: one the person understands)."""

    EN = "en"
    FR = "fr"
    RW = "rw"


class Method(StrEnum):
    """How the person said it (Art. 6)."""

    ORAL = "ORAL"
    WRITTEN = "WRITTEN"
    ELECTRONIC = "ELECTRONIC"


class WitnessRole(StrEnum):
    """What the witness of an oral consent is to the person."""

    OFFICER = "OFFICER"
    CASEWORKER = "CASEWORKER"
    LAWYER = "LAWYER"
    CHAPLAIN = "CHAPLAIN"
    INTERPRETER = "INTERPRETER"
    RELATIVE = "RELATIVE"
    LOCAL_LEADER = "LOCAL_LEADER"
    OTHER = "OTHER"


class GuardianRelation(StrEnum):
    """Who consents with a person under 16 (Art. 9)."""

    MOTHER = "MOTHER"
    FATHER = "FATHER"
    GUARDIAN = "GUARDIAN"
    COURT_APPOINTED = "COURT_APPOINTED"


class ConsentState(StrEnum):
    """Never stored: it follows from the dates at a given moment."""

    NOT_YET = "NOT_YET"
    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"


class ConsentNotFoundError(NotFoundError):
    code = "consent-not-found"
    message = "No consent by this id is visible to you."


class DutyNotFoundError(NotFoundError):
    code = "legal-duty-not-found"
    message = "No legal duty by this id is visible to you."


class TextUnknownError(DomainError):
    kind = Kind.INVALID
    code = "consent-text-unknown"
    message = "There is no such consent text in this version and language. Read the list of texts."


class TextNotInForceError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "consent-text-not-in-force"
    message = "Another version of this text was in force on that day. Name the one that was read to the person."


class TextForOtherPurposeError(DomainError):
    kind = Kind.INVALID
    code = "consent-text-for-other-purpose"
    message = "This text speaks of another purpose. One consent is for one purpose: use that purpose's text."


class ClassOutsideTextError(DomainError):
    kind = Kind.INVALID
    code = "data-class-outside-text"
    message = "The text speaks of fewer classes of data. Leave out those it does not name."


class DutyNotConsentError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "duty-not-consent"
    message = "Custody is kept by law, not by consent. Do not ask for it; a legal duty is recorded as one."


class LegalDutyError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "legal-duty-not-withdrawable"
    message = "This rests on a law, not on consent, so it is not the person's to withdraw. See the duty named."


class PeriodError(DomainError):
    kind = Kind.INVALID
    code = "consent-period-invalid"
    message = "It must end after it begins."


class TooLongError(DomainError):
    kind = Kind.INVALID
    code = "consent-too-long"
    message = "A consent lasts at most 24 months. Give an earlier end; ask again when it nears."


class ActsBackwardsError(DomainError):
    kind = Kind.INVALID
    code = "consent-acts-backwards"
    message = "A consent cannot begin before the person gave it."


class ConsentOverlapsError(DomainError):
    kind = Kind.CONFLICT
    code = "consent-overlaps"
    message = (
        "For this purpose and recipient something is recorded for that time already. "
        "Let the new one begin when that ends, or withdraw that first."
    )


class WitnessMissingError(DomainError):
    kind = Kind.INVALID
    code = "witness-missing"
    message = "A consent by word of mouth needs a witness: their role, and an account or a name."


class WitnessIsRecorderError(DomainError):
    kind = Kind.INVALID
    code = "witness-is-recorder"
    message = "Whoever writes the consent down cannot be its witness. Ask somebody else."


class ProofMissingError(DomainError):
    kind = Kind.INVALID
    code = "proof-missing"
    message = "Say where the signed paper or the electronic record is kept."


class GuardianMissingError(DomainError):
    kind = Kind.INVALID
    code = "guardian-missing"
    message = (
        "A person under 16, or whose age is not known, consents together with a guardian. "
        "Give the guardian, or record the year of birth first."
    )


class DutyUnknownError(DomainError):
    kind = Kind.INVALID
    code = "legal-duty-unknown"
    message = "No such legal duty is in force on that day. Read the list of duties."


class RecipientOutsideDutyError(DomainError):
    kind = Kind.INVALID
    code = "recipient-outside-duty"
    message = "That law names other recipients. Read the duty again."


class ClassOutsideDutyError(DomainError):
    kind = Kind.INVALID
    code = "data-class-outside-duty"
    message = "That law demands fewer classes of data. Leave out those it does not name."


@dataclass(frozen=True)
class Witness:
    """Who heard it: an account, or somebody described by role and name."""

    role: WitnessRole
    account: str | None = None
    full_name: str | None = None


@dataclass(frozen=True)
class Guardian:
    """Who consented with a person under 16."""

    relation: GuardianRelation
    full_name: str


@dataclass(frozen=True)
class Period:
    """From `begins` on, before `ends`; without end until it is ended. Aware times."""

    begins: datetime
    ends: datetime | None


def state_at(period: Period, withdrawn_at: datetime | None, at: datetime) -> ConsentState:
    """What holds at `at`: a withdrawal counts from its very moment, an end is not within (security.md 10, 5)."""
    if withdrawn_at is not None and withdrawn_at <= at:
        return ConsentState.WITHDRAWN
    if at < period.begins:
        return ConsentState.NOT_YET
    if period.ends is not None and period.ends <= at:
        return ConsentState.EXPIRED
    return ConsentState.ACTIVE


def latest_end(begins: datetime) -> datetime:
    """24 months after `begins` by the calendar of Rwanda (security.md 6)."""
    return begins.astimezone(KIGALI) + relativedelta(months=LONGEST_MONTHS)


def require_period(period: Period) -> None:
    """Raises PeriodError when it does not end after it begins."""
    if period.ends is not None and period.ends <= period.begins:
        raise PeriodError(field="valid_to")


def require_consent_period(period: Period, given_at: datetime, now: datetime) -> None:
    """Raises FutureFactError, ActsBackwardsError, PeriodError or TooLongError."""
    refuse_future(given_at, now, field="given_at")
    if period.begins < given_at:
        raise ActsBackwardsError(field="valid_from")
    require_period(period)
    if period.ends is None or period.ends > latest_end(period.begins):
        raise TooLongError(field="valid_to")


def require_by_consent(purpose: Purpose) -> None:
    """Raises DutyNotConsentError: statutory duties must not rest on consent (security.md 6)."""
    if purpose is Purpose.CUSTODY_MANAGEMENT:
        raise DutyNotConsentError(field="purpose")


def require_covered(
    wanted: Iterable[DataClass], named: Collection[DataClass], error: type[DomainError] = ClassOutsideTextError
) -> None:
    """Raises `error` for a class of data that is not among those `named`."""
    if not set(wanted) <= set(named):
        raise error(field="data_classes")


def require_proof(method: Method, witness: Witness | None, reference: str | None, recorder: str) -> None:
    """A consent must be provable (Art. 6).

    Raises WitnessMissingError, WitnessIsRecorderError or ProofMissingError.
    """
    if witness is None and method is Method.ORAL:
        raise WitnessMissingError(field="witness")
    if witness is not None and not (witness.account or witness.full_name):
        raise WitnessMissingError(field="witness")
    if witness is not None and witness.account == recorder:
        raise WitnessIsRecorderError(field="witness")
    if method is not Method.ORAL and not reference:
        raise ProofMissingError(field="proof_reference")


def youngest_age(born_on: date | None, birth_year: int | None, on: date) -> int | None:
    """The least number of full years the person can have on that day; None when nothing is known."""
    if born_on is not None:
        return relativedelta(on, born_on).years
    if birth_year is not None:
        return relativedelta(on, date(birth_year, 12, 31)).years
    return None


def require_guardian(age: int | None, guardian: Guardian | None) -> None:
    """Raises GuardianMissingError for a person who is, or may be, under 16 and has none (Art. 9)."""
    if guardian is None and (age is None or age < ADULT_CONSENT_AGE):
        raise GuardianMissingError(field="guardian")


def require_consent(basis: Basis) -> None:
    """Raises LegalDutyError: what rests on a law is not the person's to withdraw."""
    if basis is Basis.LEGAL_DUTY:
        raise LegalDutyError
