"""The record that somebody was shown persons, published by every service on one topic (security.md)."""

from typing import ClassVar

from inzira_contracts.codes import AccessOutcome
from inzira_contracts.event import Event
from inzira_contracts.fields import Account, Agency, Refs, RequestId, Term


class AccessRecorded(Event):
    """Persons were shown to an actor. Unsequenced: its version is 0 and it has no order to keep."""

    type: ClassVar[str] = "inzira.access.recorded.v1"
    person_id: None = None
    service: Term
    operation: Term
    person_ids: Refs
    actor: Account
    agency: Agency | None = None
    purpose: Term
    outcome: AccessOutcome
    request_id: RequestId
    view: Term

    @property
    def stream(self) -> str:
        """`access:<request id>`: spreads over partitions, since no order is kept."""
        return f"access:{self.request_id}"


EVENTS: tuple[type[Event], ...] = (AccessRecorded,)
