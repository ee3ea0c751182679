"""Sentences on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from inzira_platform.http import Code, Day, Schema, ShortText
from pydantic import Field, StringConstraints

from inzira_intake.custody.domain import LegalStatus
from inzira_intake.sentence.domain import (
    MOST_CREDIT_DAYS,
    MOST_PARTS,
    ChangeKind,
    Relation,
    SentenceChange,
    SentencePart,
    SentenceTerms,
)
from inzira_intake.sentence.duration import parse_duration
from inzira_intake.sentence.service import SentenceReason, StatedSentence

DurationText = Annotated[
    str,
    StringConstraints(pattern=r"^(LIFE|P(\d{1,3}Y(\d{1,4}M)?(\d{1,5}D)?|\d{1,4}M(\d{1,5}D)?|\d{1,5}D))$"),
]


class PartCreate(Schema):
    """One punishment: how long, from which day, beside or after those before it."""

    duration: DurationText = Field(description="ISO 8601 such as P5Y6M, or LIFE")
    starts_on: Day
    relation: Relation = Relation.CONCURRENT


class ChangeCreate(Schema):
    """A later decision: a commutation to another length, or days remitted."""

    kind: ChangeKind
    effective_on: Day
    duration: DurationText | None = None
    days: Annotated[int, Field(ge=0, le=MOST_CREDIT_DAYS)] = 0


class TermsCreate(Schema):
    """The whole terms of the sentence as they stand."""

    legal_status: LegalStatus = LegalStatus.CONVICTED_FINAL
    parts: Annotated[list[PartCreate], Field(min_length=1, max_length=MOST_PARTS)]
    credit_days: Annotated[int, Field(ge=0, le=MOST_CREDIT_DAYS)] = 0
    changes: Annotated[list[ChangeCreate], Field(max_length=MOST_PARTS)] = []

    def as_terms(self) -> SentenceTerms:
        """For the use case. Raises DurationError naming the part."""
        return SentenceTerms(
            parts=tuple(
                SentencePart(
                    parse_duration(part.duration, field=f"parts.{place}.duration"), part.starts_on, part.relation
                )
                for place, part in enumerate(self.parts)
            ),
            legal_status=self.legal_status,
            credit_days=self.credit_days,
            changes=tuple(_change(change, place) for place, change in enumerate(self.changes)),
        )


class SentenceCreate(TermsCreate):
    """Terms with the decision they rest on. Any reason but JUDGEMENT replaces the terms recorded before."""

    decided_on: Day
    reason_code: SentenceReason = SentenceReason.JUDGEMENT
    reference: ShortText | None = None
    offences: Annotated[list[Code], Field(max_length=20)] | None = None

    def as_stated(self) -> StatedSentence:
        """For the use case."""
        return StatedSentence(
            terms=self.as_terms(),
            decided_on=self.decided_on,
            reason=self.reason_code,
            reference=self.reference,
            offences=tuple(self.offences) if self.offences is not None else None,
        )


class SentenceRead(Schema):
    """Terms as they were stated; the newest row is in force."""

    id: UUID
    duration: str
    starts_on: date
    legal_status: LegalStatus
    terms: dict[str, Any]
    decided_on: date
    reason_code: SentenceReason
    reference: str | None
    supersedes_id: UUID | None
    recorded_at: datetime
    recorded_by: str


class StepRead(Schema):
    """One step of a computation."""

    code: str
    words: str
    value: str


class ComputationRead(Schema):
    """One computation of the dates: what came out, by which rules, and how."""

    id: UUID
    cause: str
    rule_set: str
    inputs_hash: str
    evaluated_on: date
    legal_status: LegalStatus
    expected_release_on: date | None
    parole_eligible_on: date | None
    parole_status: str
    total_days: int | None
    needs_second_officer: bool
    trace: list[StepRead]
    recorded_at: datetime
    recorded_by: str


def _change(change: ChangeCreate, place: int) -> SentenceChange:
    duration = parse_duration(change.duration, field=f"changes.{place}.duration") if change.duration else None
    return SentenceChange(change.kind, change.effective_on, duration, change.days)
