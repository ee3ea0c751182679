"""The rules of webhooks: who may be woken where, when again, and what is said. Pure.

A message says that there is something new in the feed and never of whom: access stays with the feed, where grant,
rows and consent are looked at (security.md 8).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind, NotFoundError

MAX_PAYLOAD = 20_000
"""Bytes of a message, at most (Standard Webhooks 1.0: "payload size")."""


class EndpointState(StrEnum):
    """DISABLED: the receiver said 410; its partner may switch it on again. SUSPENDED: only an administrator may."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"
    SUSPENDED = "SUSPENDED"
    DELETED = "DELETED"


class MessageKind(StrEnum):
    """Why a message is sent."""

    NEWS = "NEWS"
    TEST = "TEST"


class MessageState(StrEnum):
    """PENDING until it arrived, was tried for the last time, or its endpoint went away."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class Outcome(StrEnum):
    """What came of an attempt. INTERRUPTED: the worker stopped before it knew. UNSIGNED: a private key did not open."""

    STARTED = "STARTED"
    ACCEPTED = "ACCEPTED"
    REDIRECTED = "REDIRECTED"
    REFUSED = "REFUSED"
    GONE = "GONE"
    FAULT = "FAULT"
    TIMEOUT = "TIMEOUT"
    ADDRESS = "ADDRESS"
    TLS = "TLS"
    UNREACHABLE = "UNREACHABLE"
    UNSIGNED = "UNSIGNED"
    INTERRUPTED = "INTERRUPTED"


TYPES = {
    MessageKind.NEWS: "inzira.partner.feed.advanced.v1",
    MessageKind.TEST: "inzira.partner.webhook.test.v1",
}


class WebhookNotFoundError(NotFoundError):
    """Not there, or another partner's."""

    message = "There is no webhook endpoint by this id."


class WebhookChangedError(DomainError):
    kind = Kind.PRECONDITION
    code = "stale-version"
    message = "This webhook endpoint was changed since you read it. Read it again and repeat your change."


class TooManyEndpointsError(DomainError):
    kind = Kind.CONFLICT
    code = "webhook-limit"
    message = "You have as many webhook endpoints as a partner may have. Delete one first."


class FeedNotGrantedError(DomainError):
    kind = Kind.FORBIDDEN
    code = "not-granted"
    message = "No grant in force opens the feed to you for that purpose: there would be nothing to be woken for."


class WebhookStateError(DomainError):
    kind = Kind.CONFLICT
    code = "webhook-state"
    message = "The webhook endpoint is not in a state in which that can be done. Read it again."


class RotationUnderWayError(DomainError):
    kind = Kind.CONFLICT
    code = "rotation-under-way"
    message = "Two keys sign already. Rotate again when the older one has ended."


class MessageOutstandingError(DomainError):
    kind = Kind.CONFLICT
    code = "message-outstanding"
    message = "A test message for this endpoint is on its way. Look at its deliveries."


class NothingToReplayError(DomainError):
    kind = Kind.CONFLICT
    code = "nothing-to-replay"
    message = "No wake-up was made for this endpoint in that time. Read the feed from your cursor."


class ReplayRangeError(DomainError):
    kind = Kind.INVALID
    code = "replay-range"
    message = "A replay begins before it ends, and within what is kept of the delivery log."


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of how webhooks are delivered; durations in seconds, sizes in bytes."""

    version: int
    valid_from: date
    retry_after_s: tuple[int, ...]
    jitter: float
    timeout_s: float
    lease_s: float
    answer_bytes: int
    both_keys_s: int
    most_endpoints: int
    kept_days: int


def rules_on(versions: Sequence[Rules], day: date) -> Rules:
    """The newest version in force on `day`. Raises LookupError when none is."""
    found = [rules for rules in versions if rules.valid_from <= day]
    if not found:
        raise LookupError("no rules of delivery are in force")
    return max(found, key=lambda rules: (rules.valid_from, rules.version))


def is_used_up(rules: Rules, made: int) -> bool:
    """Whether a message has had all its attempts."""
    return made >= len(rules.retry_after_s)


def next_attempt(rules: Rules, made: int, at: datetime, chance: float) -> datetime | None:
    """When to try again after `made` attempts, the last one at `at`; None when that was the last.

    `chance` in [0, 1) spreads the waits: each is made longer by up to the rules' jitter.
    """
    if is_used_up(rules, made):
        return None
    return at + timedelta(seconds=rules.retry_after_s[made] * (1 + rules.jitter * chance))


def outcome_of(status: int) -> Outcome:
    """What a status says. Only 2xx is success; a redirect is never followed, so it is a failure."""
    if status == 410:
        return Outcome.GONE
    kinds = {2: Outcome.ACCEPTED, 3: Outcome.REDIRECTED, 4: Outcome.REFUSED}
    return kinds.get(status // 100, Outcome.FAULT)


def message_body(kind: str, made_at: datetime, purpose: str) -> bytes:
    """The JSON of a message, the same for each attempt: what kind, when, and which of the partner's feeds is meant."""
    stamp = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {"type": TYPES[MessageKind(kind)], "timestamp": stamp, "data": {"purpose": purpose}}
    return json.dumps(body, separators=(",", ":")).encode()


def to_be_signed(message_id: str, timestamp: int, body: bytes) -> bytes:
    """What a signature is over: id, seconds since 1970 of the attempt, body, with dots between."""
    return f"{message_id}.{timestamp}.".encode() + body
