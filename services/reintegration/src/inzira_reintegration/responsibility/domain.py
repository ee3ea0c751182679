"""Exactly one responsible worker between opening and closure (architecture.md). Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind, NotFoundError

from inzira_reintegration.rules import Worker


class Role(StrEnum):
    """PRIMARY is responsible; RCS accompanies from inside the facility and is not."""

    PRIMARY = "PRIMARY"
    RCS = "RCS"


class Reason(StrEnum):
    """Why somebody became responsible."""

    DUTY = "DUTY"
    SUPERVISOR = "SUPERVISOR"
    HANDOVER = "HANDOVER"


class HandoverState(StrEnum):
    """OFFERED and ESCALATED still wait for an answer; the old worker stays responsible in both."""

    OFFERED = "OFFERED"
    ESCALATED = "ESCALATED"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"


PENDING = frozenset({HandoverState.OFFERED, HandoverState.ESCALATED})


class Decision(StrEnum):
    """The answer to an offer."""

    ACCEPT = "ACCEPT"
    DECLINE = "DECLINE"


class HandoverNotFoundError(NotFoundError):
    code = "handover-not-found"
    message = "No handover by this id is visible to you."


class AlreadyResponsibleError(DomainError):
    kind = Kind.CONFLICT
    code = "already-responsible"
    message = "This worker is already responsible for the case."


class HandoverPendingError(DomainError):
    kind = Kind.CONFLICT
    code = "handover-pending"
    message = "A handover of this case already waits for an answer."


class HandoverSettledError(DomainError):
    kind = Kind.CONFLICT
    code = "handover-settled"
    message = "This handover was already answered or withdrawn."


class NotYourHandoverError(DomainError):
    kind = Kind.FORBIDDEN
    code = "not-your-handover"
    message = "Only the worker it was offered to, or their supervisor, may answer a handover."


class NotYoursToHandOverError(DomainError):
    kind = Kind.FORBIDDEN
    code = "not-yours-to-hand-over"
    message = "Only the responsible worker or their supervisor may hand a case over."


class ConsentMissingError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "consent-missing"
    message = (
        "The person has not agreed to being followed by this organisation, or no longer does. Have the psychosocial "
        "officers of the facility ask them and record the consent; then try again."
    )


class ResponsibilityEndedError(DomainError):
    kind = Kind.CONFLICT
    code = "case-closed"
    message = "This case is closed. A return or a new release opens a new episode."


@dataclass(frozen=True)
class Offer:
    """A handover and where it stands; `accept_by` in UTC."""

    to: Worker
    state: HandoverState
    accept_by: datetime


@dataclass(frozen=True)
class Responsibility:
    """Who is responsible, and the offer that is pending or was settled last; no holder only after closure."""

    holder: Worker | None
    offer: Offer | None = None

    @property
    def pending(self) -> Offer | None:
        """The offer that waits for an answer."""
        return self.offer if self.offer and self.offer.state in PENDING else None


def begin(worker: Worker) -> Responsibility:
    """A case opens in somebody's hands."""
    return Responsibility(holder=worker)


def assign(now: Responsibility, worker: Worker) -> Responsibility:
    """A supervisor names the worker; an offer that waited is withdrawn.

    Raises ResponsibilityEndedError, AlreadyResponsibleError.
    """
    holder = _holder(now)
    if holder.worker_id == worker.worker_id:
        raise AlreadyResponsibleError(field="worker_id")
    return Responsibility(holder=worker, offer=_settled(now, HandoverState.WITHDRAWN))


def offer(now: Responsibility, to: Worker, at: datetime, hours: int) -> Responsibility:
    """Offer the case to another worker, who has `hours` to answer; the holder does not change.

    Raises ResponsibilityEndedError, AlreadyResponsibleError, HandoverPendingError.
    """
    holder = _holder(now)
    if holder.worker_id == to.worker_id:
        raise AlreadyResponsibleError(field="to_worker")
    if now.pending:
        raise HandoverPendingError
    return replace(now, offer=Offer(to, HandoverState.OFFERED, at + timedelta(hours=hours)))


def accept(now: Responsibility) -> Responsibility:
    """The worker it was offered to becomes responsible; only now is the old one relieved.

    Raises ResponsibilityEndedError, HandoverSettledError.
    """
    _holder(now)
    waiting = _waiting(now)
    return Responsibility(holder=waiting.to, offer=replace(waiting, state=HandoverState.ACCEPTED))


def decline(now: Responsibility) -> Responsibility:
    """Refused: the holder stays responsible.

    Raises ResponsibilityEndedError, HandoverSettledError.
    """
    _holder(now)
    return replace(now, offer=replace(_waiting(now), state=HandoverState.DECLINED))


def escalate(now: Responsibility, at: datetime) -> Responsibility:
    """An offer past its time goes up to the supervisors; unchanged when it is not past or already went up."""
    waiting = now.pending
    if waiting is None or waiting.state is HandoverState.ESCALATED or at <= waiting.accept_by:
        return now
    return replace(now, offer=replace(waiting, state=HandoverState.ESCALATED))


def end(now: Responsibility) -> Responsibility:
    """The case closes: nobody is responsible any more and nothing waits."""
    return Responsibility(holder=None, offer=_settled(now, HandoverState.WITHDRAWN))


def check_may_offer(holder: Worker, by: str, by_org: str | None, *, supervises: bool) -> None:
    """The responsible worker, or a supervisor of their organisation.

    Raises NotYoursToHandOverError.
    """
    if by != holder.worker_id and not (supervises and by_org == holder.org):
        raise NotYoursToHandOverError


def check_may_decide(to: Worker, by: str, by_org: str | None, *, supervises: bool) -> None:
    """The worker it was offered to, or a supervisor of their organisation.

    Raises NotYourHandoverError.
    """
    if by != to.worker_id and not (supervises and by_org == to.org):
        raise NotYourHandoverError


def require_agreed(agreed: bool) -> None:
    """Casework rests on the person's consent to the organisation, or on a legal duty (security.md 4).

    Raises ConsentMissingError.
    """
    if not agreed:
        raise ConsentMissingError


def _holder(now: Responsibility) -> Worker:
    if now.holder is None:
        raise ResponsibilityEndedError
    return now.holder


def _waiting(now: Responsibility) -> Offer:
    if now.pending is None:
        raise HandoverSettledError
    return now.pending


def _settled(now: Responsibility, state: HandoverState) -> Offer | None:
    """The last offer, settled as `state` when it still waited."""
    return replace(now.pending, state=state) if now.pending else now.offer
