"""What an admission must hold: a commitment order, all sections of Mandela Rule 7 (domain.md 2.1). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from inzira_platform.errors import DomainError, Kind

from inzira_intake.custody.domain import LegalStatus
from inzira_intake.person.domain import NewPerson
from inzira_intake.sentence.domain import SentenceTerms


class Section(StrEnum):
    """The registration items of Rule 7, (a) to (g)."""

    IDENTITY = "IDENTITY"
    REASONS = "REASONS"
    TIMES = "TIMES"
    INJURIES = "INJURIES"
    PROPERTY = "PROPERTY"
    FAMILY = "FAMILY"
    CONTACTS = "CONTACTS"


class Answer(StrEnum):
    """A section is answered, or says why it holds nothing; it is never blank."""

    RECORDED = "RECORDED"
    NONE = "NONE"
    UNKNOWN = "UNKNOWN"
    DECLINED = "DECLINED"


class ReadmissionType(StrEnum):
    NEW_OFFENCE = "NEW_OFFENCE"
    PAROLE_REVOKED = "PAROLE_REVOKED"
    RECAPTURE = "RECAPTURE"
    REMAND_NEW_CASE = "REMAND_NEW_CASE"
    APPEAL_OUTCOME = "APPEAL_OUTCOME"


class CommitmentOrderMissingError(DomainError):
    kind = Kind.INVALID
    code = "commitment-order-missing"
    message = "Nobody is received without a commitment order: give its number and the authority behind it."


class SectionMissingError(DomainError):
    kind = Kind.INVALID
    code = "section-missing"
    message = "Every section of Rule 7 needs an answer: RECORDED with its text, NONE, UNKNOWN or DECLINED."


class SectionTextError(DomainError):
    kind = Kind.INVALID
    code = "section-text"
    message = "A section that is RECORDED needs its text; one that is not has none."


class ReadmissionUnknownError(DomainError):
    kind = Kind.NOT_FOUND
    code = "readmission-unknown"
    message = "No released person is known by what was given. Check the number, or admit as new."


@dataclass(frozen=True)
class CommitmentOrder:
    """The paper somebody is held by. `scan_ref` is where its scan is kept."""

    number: str
    authority: str
    issued_on: date | None = None
    scan_ref: str | None = None


@dataclass(frozen=True)
class SectionAnswer:
    """One section of Rule 7; `text` is there exactly when the answer is RECORDED."""

    answer: Answer
    text: str | None = None


@dataclass(frozen=True)
class Readmission:
    """A known person comes back: by id when visible, else by the identifiers of the person given."""

    type: ReadmissionType
    person_id: UUID | None = None


@dataclass(frozen=True)
class Admission:
    """Everything one admission records. `admitted_at` is aware; a day alone is 00:00 in Kigali.

    `from_register`: copied from a paper register, which names the facility of today beside the first day of custody,
    so that the facility may be younger than the admission.
    """

    person: NewPerson
    facility: str
    admitted_at: datetime
    order: CommitmentOrder
    legal_status: LegalStatus
    sections: Mapping[Section, SectionAnswer]
    offences: tuple[str, ...] = ()
    sentence: SentenceTerms | None = None
    readmission: Readmission | None = None
    confirmed_new: bool = field(default=False)
    from_register: bool = field(default=False)


def sections_unknown(**known: str) -> dict[Section, SectionAnswer]:
    """Every section UNKNOWN but those given, by lower-case name, with their text: for paper registers."""
    texts = {Section(name.upper()): text for name, text in known.items() if text.strip()}
    return {
        section: SectionAnswer(Answer.RECORDED, texts[section]) if section in texts else SectionAnswer(Answer.UNKNOWN)
        for section in Section
    }


def require_order(order: CommitmentOrder) -> CommitmentOrder:
    """`order` when it has number and authority. Raises CommitmentOrderMissingError naming the field."""
    for name in ("number", "authority"):
        if not any(sign.isalnum() for sign in getattr(order, name)):
            raise CommitmentOrderMissingError(field=f"order.{name}")
    return order


def require_sections(sections: Mapping[Section, SectionAnswer]) -> Mapping[Section, SectionAnswer]:
    """`sections` when all seven are answered.

    Raises SectionMissingError or SectionTextError naming the section.
    """
    for section in Section:
        given = sections.get(section)
        name = f"sections.{section.lower()}"
        if given is None:
            raise SectionMissingError(field=name)
        if (given.answer is Answer.RECORDED) != bool(given.text and given.text.strip()):
            raise SectionTextError(field=name)
    return sections
