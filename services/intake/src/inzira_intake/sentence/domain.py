"""What a court decided and what changed it later: inputs of the date computation (domain.md 2.5). Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind

from inzira_intake.custody.domain import LegalStatus
from inzira_intake.custody.timeline import Interruption
from inzira_intake.sentence.duration import Duration

MOST_PARTS = 20
MOST_CREDIT_DAYS = 20_000


class Relation(StrEnum):
    """How a part stands to those before it."""

    CONCURRENT = "CONCURRENT"
    CONSECUTIVE = "CONSECUTIVE"


class ChangeKind(StrEnum):
    """What a later decision does to the whole: another length, or days taken off."""

    COMMUTATION = "COMMUTATION"
    REMISSION = "REMISSION"


class SentencePartError(DomainError):
    kind = Kind.INVALID
    code = "sentence-parts"
    message = "A sentence has 1 to 20 parts, the first of them starting the others."
    field = "parts"


class ChangeError(DomainError):
    kind = Kind.INVALID
    code = "sentence-change"
    message = "A commutation needs the new duration, a remission the number of days taken off."


class NotSentencedStatusError(DomainError):
    kind = Kind.INVALID
    code = "status-without-sentence"
    message = "With a sentence the legal status is CONVICTED_APPEALABLE or CONVICTED_FINAL."


class NoSentenceError(DomainError):
    kind = Kind.CONFLICT
    code = "no-sentence"
    message = "No sentence is recorded yet. Record the sentence before a change to it."


@dataclass(frozen=True)
class SentencePart:
    """One punishment. `starts_on`: the first day that counts, the arrest where detention is credited so."""

    duration: Duration
    starts_on: date
    relation: Relation = Relation.CONCURRENT


@dataclass(frozen=True)
class SentenceChange:
    """A commutation or remission, in force from `effective_on`."""

    kind: ChangeKind
    effective_on: date
    duration: Duration | None = None
    days: int = 0


@dataclass(frozen=True)
class SentenceTerms:
    """A judgement as entered: parts in order, days served that the start does not cover, later changes."""

    parts: tuple[SentencePart, ...]
    legal_status: LegalStatus = LegalStatus.CONVICTED_FINAL
    credit_days: int = 0
    changes: tuple[SentenceChange, ...] = ()

    @property
    def starts_on(self) -> date:
        """The first day that counts."""
        return min(part.starts_on for part in self.parts)

    @property
    def duration(self) -> Duration:
        """The one length to speak of: life if any part is, else the latest change's, the longest or the sum.

        For the event and lists only; dates are always computed from the parts.
        """
        commuted = [change.duration for change in self.changes if change.duration]
        if commuted:
            return commuted[-1]
        if any(part.duration.life for part in self.parts):
            return Duration(life=True)
        chained = [part.duration for part in self.parts[1:] if part.relation is Relation.CONSECUTIVE]
        base = max(
            (part.duration for part in (self.parts[0], *self.parts[1:]) if part.duration not in chained),
            key=_rough_days,
            default=self.parts[0].duration,
        )
        return Duration(
            years=base.years + sum(item.years for item in chained),
            months=base.months + sum(item.months for item in chained),
            days=base.days + sum(item.days for item in chained),
        )


@dataclass(frozen=True)
class SentenceInputs:
    """All that the computation reads; equal inputs give equal dates."""

    terms: SentenceTerms | None
    legal_status: LegalStatus
    offences: tuple[str, ...] = ()
    interruptions: tuple[Interruption, ...] = ()


def single_term(duration: Duration, starts_on: date, legal_status: LegalStatus) -> SentenceTerms:
    """A judgement of one part without credits: how registers state it."""
    return SentenceTerms(parts=(SentencePart(duration, starts_on),), legal_status=legal_status)


def require_terms(terms: SentenceTerms) -> SentenceTerms:
    """`terms` when they can be computed.

    Raises SentencePartError, ChangeError or NotSentencedStatusError naming the field.
    """
    if not 1 <= len(terms.parts) <= MOST_PARTS or terms.parts[0].relation is not Relation.CONCURRENT:
        raise SentencePartError(field="parts")
    if terms.legal_status not in (LegalStatus.CONVICTED_APPEALABLE, LegalStatus.CONVICTED_FINAL):
        raise NotSentencedStatusError(field="legal_status")
    for change in terms.changes:
        require_change(change)
    return terms


def require_change(change: SentenceChange) -> SentenceChange:
    """`change` when it says what it changes. Raises ChangeError."""
    commutes = change.kind is ChangeKind.COMMUTATION
    if commutes != (change.duration is not None) or commutes == (change.days > 0):
        raise ChangeError(field="change")
    return change


def _rough_days(duration: Duration) -> int:
    return duration.years * 365 + duration.months * 30 + duration.days
