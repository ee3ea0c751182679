"""What each row of a register becomes: admitted, duplicate, review or rejected, and why. Pure.

The order of the questions is the rule: whose row it is, whether its RCS number is known already, whether the row
can be understood, whether the person is likely known under another number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from inzira_platform.errors import DomainError, Kind, NotFoundError

from inzira_intake.register.identifiers import rcs_key
from inzira_intake.register.names import name_key


class Outcome(StrEnum):
    ADMITTED = "admitted"
    DUPLICATE = "duplicate"
    REVIEW = "review"
    REJECTED = "rejected"


class Settlement(StrEnum):
    """What an officer found about a row under review.

    SOMEBODY_ELSE: admitted as a new person. SAME_PERSON: known already, and nothing else to do. CAME_BACK: known,
    released, and admitted again. NOT_ADMITTED: the row was a mistake.
    """

    SOMEBODY_ELSE = "SOMEBODY_ELSE"
    SAME_PERSON = "SAME_PERSON"
    CAME_BACK = "CAME_BACK"
    NOT_ADMITTED = "NOT_ADMITTED"


class ImportState(StrEnum):
    """RECEIVED: the file is kept; RUNNING: its rows are being decided; the others are ends."""

    RECEIVED = "RECEIVED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


class Reason(StrEnum):
    """Why a row is not admitted; the words are in the message catalogue."""

    RCS_NUMBER_MISSING = "RCS_NUMBER_MISSING"
    RCS_NUMBER_NOT_UNDERSTOOD = "RCS_NUMBER_NOT_UNDERSTOOD"
    NAME_MISSING = "NAME_MISSING"
    SEX_MISSING = "SEX_MISSING"
    SEX_NOT_UNDERSTOOD = "SEX_NOT_UNDERSTOOD"
    BIRTH_DATE_MISSING = "BIRTH_DATE_MISSING"
    BIRTH_DATE_NOT_A_DATE = "BIRTH_DATE_NOT_A_DATE"
    BIRTH_DATE_SHORT_YEAR = "BIRTH_DATE_SHORT_YEAR"
    BIRTH_DATE_IN_FUTURE = "BIRTH_DATE_IN_FUTURE"
    FACILITY_MISSING = "FACILITY_MISSING"
    FACILITY_UNKNOWN = "FACILITY_UNKNOWN"
    FACILITY_OF_OTHERS = "FACILITY_OF_OTHERS"
    ADMISSION_DATE_MISSING = "ADMISSION_DATE_MISSING"
    ADMISSION_DATE_NOT_A_DATE = "ADMISSION_DATE_NOT_A_DATE"
    ADMISSION_DATE_SHORT_YEAR = "ADMISSION_DATE_SHORT_YEAR"
    ADMISSION_DATE_IN_FUTURE = "ADMISSION_DATE_IN_FUTURE"
    ADMITTED_BEFORE_BIRTH = "ADMITTED_BEFORE_BIRTH"
    AGE_IMPOSSIBLE = "AGE_IMPOSSIBLE"
    ORDER_MISSING = "ORDER_MISSING"
    AUTHORITY_MISSING = "AUTHORITY_MISSING"
    SENTENCE_NOT_UNDERSTOOD = "SENTENCE_NOT_UNDERSTOOD"
    SENTENCE_START_MISSING = "SENTENCE_START_MISSING"
    SENTENCE_START_NOT_A_DATE = "SENTENCE_START_NOT_A_DATE"
    SENTENCE_START_SHORT_YEAR = "SENTENCE_START_SHORT_YEAR"
    SENTENCE_START_IN_FUTURE = "SENTENCE_START_IN_FUTURE"
    SENTENCE_BEFORE_BIRTH = "SENTENCE_BEFORE_BIRTH"
    REFUSED_BY_RULE = "REFUSED_BY_RULE"
    NUMBER_IN_FILE = "NUMBER_IN_FILE"
    NUMBER_KNOWN = "NUMBER_KNOWN"
    LIKELY_BY_NATIONAL_ID = "LIKELY_BY_NATIONAL_ID"
    LIKELY_BY_NAME_AND_BIRTH = "LIKELY_BY_NAME_AND_BIRTH"


class Notice(StrEnum):
    """What is told beside a row without changing what it becomes (domain.md 2.4: warn, never block)."""

    NATIONAL_ID_MALFORMED = "NATIONAL_ID_MALFORMED"
    NATIONAL_ID_DISAGREES = "NATIONAL_ID_DISAGREES"
    PHONE_MALFORMED = "PHONE_MALFORMED"
    DISTRICT_UNKNOWN = "DISTRICT_UNKNOWN"
    OFFENCE_UNKNOWN = "OFFENCE_UNKNOWN"
    OTHER_PERSON_SAME_NUMBER = "OTHER_PERSON_SAME_NUMBER"


class ImportNotFoundError(NotFoundError):
    code = "import-not-found"
    message = "No import by this id is visible to you."


class ImportNotDoneError(DomainError):
    kind = Kind.CONFLICT
    code = "import-not-done"
    message = "This import is still being worked on. Follow its progress and ask again when it is done."


class ImportFailedError(DomainError):
    kind = Kind.CONFLICT
    code = "import-failed"
    message = "This file could not be read, so there are no rows. The import tells its problem; send a corrected file."


class ImportBrokenError(DomainError):
    kind = Kind.UNAVAILABLE
    code = "import-broken"
    message = "The import stopped on a fault of the system; rows decided so far stand. Send the file again to go on."


class NoFacilityError(DomainError):
    kind = Kind.FORBIDDEN
    code = "no-facility"
    message = "Your account is bound to no facility, so no row would be yours. Ask your administrator."


class AnswerGoneError(DomainError):
    kind = Kind.CONFLICT
    code = "import-answer-gone"
    message = "The file of this import was deleted after 30 days, as promised. Send it again for a new answer."


class RowNotFoundError(NotFoundError):
    code = "register-row-not-found"
    message = "This import has no such row."


class RowNotInReviewError(DomainError):
    kind = Kind.CONFLICT
    code = "register-row-not-in-review"
    message = "Only a row that was put to review is settled; this one ended otherwise."


class RowSettledError(DomainError):
    kind = Kind.CONFLICT
    code = "register-row-settled"
    message = "This row is settled already. Read it to see by whom and how."


class SettlementIncompleteError(DomainError):
    code = "settlement-incomplete"
    message = "SAME_PERSON needs the person's id; CAME_BACK needs the type of readmission; the others need neither."


class NoRegisterError(DomainError):
    kind = Kind.INVALID
    code = "register-headings-missing"
    message = (
        "No line of headings was found in the first 40 rows. The register needs a line such as: RCS No, Names, Sex, "
        "Date of birth, Facility, Date of admission, Commitment order, Authority, Sentence, Start of sentence."
    )


class ColumnsMissingError(DomainError):
    """Facts: `columns`, the names of the missing columns."""

    kind = Kind.INVALID
    code = "register-columns-missing"
    message = "The heading line lacks columns that every row needs. Add them and send the register again."


class SeveralRegistersError(DomainError):
    kind = Kind.INVALID
    code = "register-several-sheets"
    message = "More than one sheet of this workbook holds a register. Send one register at a time."


class EmptyRegisterError(DomainError):
    kind = Kind.INVALID
    code = "register-empty"
    message = "There is no row under the heading line."


@dataclass(frozen=True)
class RowDraft:
    """One row as understood. What was not understood is None and has its reason among the faults."""

    row: int
    rcs_number: str | None = None
    name: str | None = None
    sex: str | None = None
    born_on: date | None = None
    national_id: str | None = None
    phone: str | None = None
    next_of_kin: str | None = None
    facility: str | None = None
    facility_name: str | None = None
    admitted_on: date | None = None
    order: str | None = None
    authority: str | None = None
    offence: str | None = None
    offence_code: str | None = None
    sentence: str | None = None
    starts_on: date | None = None
    return_district: str | None = None
    faults: tuple[Reason, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def number_key(self) -> str | None:
        """What makes two RCS numbers the same."""
        return rcs_key(self.rcs_number) if self.rcs_number else None

    @property
    def likeness(self) -> tuple[str, date] | None:
        """What makes two persons likely the same where the identity number is silent: name in any order, birth date."""
        return (name_key(self.name), self.born_on) if self.name and self.born_on else None


@dataclass(frozen=True)
class Match:
    """Somebody who is there already; `person_id` is None while they themselves wait for review."""

    person_id: UUID | None
    likeness: tuple[str, date] | None = None
    in_file: bool = False


@dataclass
class Known:
    """Whom a row is compared with: the rows before it in the file, and the register of the service."""

    by_number: dict[str, Match] = field(default_factory=dict)
    by_national_id: dict[str, Match] = field(default_factory=dict)
    by_likeness: dict[tuple[str, date], Match] = field(default_factory=dict)

    def add(self, draft: RowDraft, person_id: UUID | None) -> None:
        """Remember a row that was admitted or put to review, for the rows after it."""
        match = Match(person_id, draft.likeness, in_file=True)
        if draft.number_key:
            self.by_number[draft.number_key] = match
        if draft.national_id:
            self.by_national_id.setdefault(draft.national_id, match)
        if draft.likeness:
            self.by_likeness.setdefault(draft.likeness, match)


@dataclass(frozen=True)
class Decision:
    """What a row becomes. `match` is who it was found to be, or likely to be."""

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    notices: tuple[Notice, ...] = ()
    match: Match | None = None


def decide(draft: RowDraft, known: Known, facilities: frozenset[str] | None) -> Decision:
    """What `draft` becomes, given whom is `known` and whose rows may be taken (`None`: those of any facility).

    A rejected row makes no later row a duplicate: it holds nobody, and the later one may be its correction.
    """
    if facilities is not None and draft.facility and draft.facility not in facilities:
        return Decision(Outcome.REJECTED, (Reason.FACILITY_OF_OTHERS,), draft.notices)
    same_number = known.by_number.get(draft.number_key) if draft.number_key else None
    if same_number:
        reason = Reason.NUMBER_IN_FILE if same_number.in_file else Reason.NUMBER_KNOWN
        notices = draft.notices + _other_person(draft, same_number)
        return Decision(Outcome.DUPLICATE, (reason,), notices, same_number)
    if draft.faults:
        return Decision(Outcome.REJECTED, draft.faults, draft.notices)
    if draft.national_id and (match := known.by_national_id.get(draft.national_id)):
        return Decision(Outcome.REVIEW, (Reason.LIKELY_BY_NATIONAL_ID,), draft.notices, match)
    if draft.likeness and (match := known.by_likeness.get(draft.likeness)):
        return Decision(Outcome.REVIEW, (Reason.LIKELY_BY_NAME_AND_BIRTH,), draft.notices, match)
    return Decision(Outcome.ADMITTED, (), draft.notices)


def decide_all(
    drafts: Iterable[RowDraft], known: Known, facilities: frozenset[str] | None
) -> list[tuple[RowDraft, Decision]]:
    """`decide` down a whole register, each row knowing those before it."""
    decided: list[tuple[RowDraft, Decision]] = []
    for draft in drafts:
        decision = decide(draft, known, facilities)
        if decision.outcome in (Outcome.ADMITTED, Outcome.REVIEW):
            known.add(draft, None)
        decided.append((draft, decision))
    return decided


def counts_of(outcomes: Iterable[str]) -> Mapping[str, int]:
    """How many rows ended in each outcome; every outcome is there."""
    found = dict.fromkeys((outcome.value for outcome in Outcome), 0)
    for outcome in outcomes:
        found[outcome] += 1
    return found


def _other_person(draft: RowDraft, match: Match) -> tuple[Notice, ...]:
    """A number given to two people is worth a word: name and birth date both differ."""
    mine, theirs = draft.likeness, match.likeness
    differ = mine is not None and theirs is not None and mine[0] != theirs[0] and mine[1] != theirs[1]
    return (Notice.OTHER_PERSON_SAME_NUMBER,) if differ else ()


def check_settlement(
    outcome: str | None, settled_as: str | None, settlement: Settlement, person_id: object, readmission: object
) -> None:
    """Whether a row that ended in `outcome` may be settled so, with what was given beside it.

    Raises RowNotInReviewError, RowSettledError or SettlementIncompleteError naming the field.
    """
    if outcome != Outcome.REVIEW:
        raise RowNotInReviewError
    if settled_as is not None:
        raise RowSettledError
    if (readmission is not None) != (settlement is Settlement.CAME_BACK):
        raise SettlementIncompleteError(field="readmission_type")
    needed = settlement is Settlement.SAME_PERSON
    taken = needed or settlement is Settlement.CAME_BACK
    if (person_id is None and needed) or (person_id is not None and not taken):
        raise SettlementIncompleteError(field="person_id")
