"""Pairwise ids, sealed cursors, and the shape of what is shown. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from inzira_platform.errors import DomainError, ForbiddenError, Kind, NotFoundError

from inzira_gateway.journey.domain import Fact, in_effect, local_day

OLDEST_REPLICA = 60
"""Seconds: with custody and consent older than this nothing is shown to partners (security.md 6)."""

MILESTONES: Mapping[str, tuple[str, str, str]] = {
    "inzira.curriculum.enrolment.opened.v1": ("curriculum_milestones", "ENROLLED", "programme_code"),
    "inzira.curriculum.enrolment.completed.v1": ("curriculum_milestones", "COMPLETED", "programme_code"),
    "inzira.curriculum.certificate.issued.v1": ("curriculum_milestones", "CERTIFIED", "programme_code"),
    "inzira.tvet.training.opened.v1": ("training_milestones", "ENROLLED", "trade"),
    "inzira.tvet.award.granted.v1": ("training_milestones", "AWARDED", "trade"),
}
"""Which events are milestones: the field they belong to, what they say, and which code of theirs is told."""

AXES: Mapping[str, str] = {
    "stage": "stage", "custody_state": "custody_state", "facility": "facility", "released_on": "released_on",
    "expected_release_on": "expected_release_on", "return_district": "return_district",
    "curriculum_state": "curriculum_state", "training_state": "tvet_state", "case_state": "case_state",
    "case_closed_on": "case_closed_on",
}  # fmt: skip
"""Field of a view to the column of a person's head."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Since which position a partner is told of a person, and at which they went out of its sight."""

    since: int
    left: int | None = None


class PurposeMissingError(DomainError):
    kind = Kind.INVALID
    code = "purpose-missing"
    message = "Say in X-Purpose what this is for: one of the purposes of your grant."


class NotGrantedError(ForbiddenError):
    code = "not-granted"
    message = "No grant in force opens this address for that purpose."


class ReplicaStaleError(DomainError):
    kind = Kind.UNAVAILABLE
    code = "replica-stale"
    message = "What is known here of custody and consent is too old to be shown. Ask again in a moment."


class NoSuchPersonError(NotFoundError):
    """Nobody, nobody of yours, or nobody you may see: one answer for all of them."""


def pairwise_id(secret: bytes, person_id: UUID) -> str:
    """The id of a person for one partner: two partners' ids of one person have nothing in common (security.md 6)."""
    digest = hmac.new(_derived(secret, b"pairwise:v1"), person_id.bytes, hashlib.sha256).digest()
    return "p_" + base64.b32encode(digest).decode()[:24]


def seal(secret: bytes, kind: str, text: str) -> str:
    """An opaque cursor that only this partner can use, and only for `kind`."""
    body = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return f"{body}.{_mac(secret, kind, text)}"


def unseal(secret: bytes, kind: str, cursor: str) -> str | None:
    """The text in a cursor; None when it was not given to this partner for this."""
    body, _, mac = cursor.partition(".")
    try:
        text = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
    except ValueError:
        return None
    good = hmac.compare_digest(mac.encode(), _mac(secret, kind, text).encode())
    return text if good else None


def _mac(secret: bytes, kind: str, text: str) -> str:
    digest = hmac.new(_derived(secret, b"cursor:v1"), f"{kind}\n{text}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def _derived(secret: bytes, use: bytes) -> bytes:
    return hmac.new(secret, use, hashlib.sha256).digest()


def milestones(facts: Iterable[Fact]) -> dict[str, list[dict[str, str]]]:
    """The milestones that hold, by field, in the order they happened."""
    found: dict[str, list[dict[str, str]]] = {"curriculum_milestones": [], "training_milestones": []}
    for fact in sorted(in_effect(facts), key=lambda item: (item.occurred_at, str(item.event_id))):
        if fact.type in MILESTONES:
            name, milestone, code = MILESTONES[fact.type]
            on = local_day(fact.occurred_at).isoformat()
            found[name].append({"milestone": milestone, "code": str(fact.refs.get(code, "")), "on": on})
    return found


def project(fields: Iterable[str], head: object, reached: Mapping[str, list[dict[str, str]]]) -> dict[str, Any]:
    """The listed fields and nothing else; what is not known is absent rather than empty."""
    shown: dict[str, Any] = {}
    for name in fields:
        value = reached.get(name) if name not in AXES else getattr(head, AXES[name])
        if value is not None:
            shown[name] = value.isoformat() if isinstance(value, date | datetime) else value
    return shown
