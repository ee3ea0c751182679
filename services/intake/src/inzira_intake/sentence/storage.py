"""Sentence terms as JSON and back: the form they are kept in. Pure."""

from datetime import date
from typing import Any

from inzira_intake.custody.domain import LegalStatus
from inzira_intake.sentence.domain import ChangeKind, Relation, SentenceChange, SentencePart, SentenceTerms
from inzira_intake.sentence.duration import parse_duration


def terms_as_json(terms: SentenceTerms) -> dict[str, Any]:
    """Plain data: durations in ISO 8601, days in ISO."""
    return {
        "parts": [
            {
                "duration": str(part.duration),
                "starts_on": part.starts_on.isoformat(),
                "relation": part.relation.value,
            }
            for part in terms.parts
        ],
        "credit_days": terms.credit_days,
        "changes": [
            {
                "kind": change.kind.value,
                "effective_on": change.effective_on.isoformat(),
                "duration": str(change.duration) if change.duration else None,
                "days": change.days,
            }
            for change in terms.changes
        ],
    }


def terms_from_json(stored: dict[str, Any], legal_status: str) -> SentenceTerms:
    """Inverse of `terms_as_json`."""
    return SentenceTerms(
        parts=tuple(
            SentencePart(
                parse_duration(part["duration"]), date.fromisoformat(part["starts_on"]), Relation(part["relation"])
            )
            for part in stored["parts"]
        ),
        legal_status=LegalStatus(legal_status),
        credit_days=stored["credit_days"],
        changes=tuple(
            SentenceChange(
                kind=ChangeKind(change["kind"]),
                effective_on=date.fromisoformat(change["effective_on"]),
                duration=parse_duration(change["duration"]) if change["duration"] else None,
                days=change["days"],
            )
            for change in stored["changes"]
        ),
    )
