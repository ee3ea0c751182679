"""Custody events: each keeps the person's reach (person_scope) and moves their case along."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from inzira_contracts import intake
from inzira_contracts.event import Event, PersonEvent
from inzira_platform.errors import DomainError, Kind
from inzira_platform.service import Delivery, Handler, Received
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.case.domain import CaseState
from inzira_reintegration.consumers.batch import Batch
from inzira_reintegration.days import kigali_day
from inzira_reintegration.lifecycle import service as lifecycle
from inzira_reintegration.prospect import service as prospects

RELEASE_FACTS = frozenset({"release", "released", "person.released", "released_on"})


class OtherEpisodeError(DomainError):
    kind = Kind.CONFLICT
    code = "other-custody-episode"
    message = "This is about another custody episode than the person's latest one."


async def take_in(session: AsyncSession, received: Sequence[Received]) -> None:
    """Keep what custody says of people, in order, and move their cases along; other events are passed over.

    Raises NotYet before the admission of somebody arrived, OtherEpisodeError for a release of an episode that is not
    the latest.
    """
    told = [(event, meta) for event, meta in received if isinstance(event, PersonEvent) and event.type in EFFECTS]
    batch = await Batch.of(session, {event.person_id for event, _ in told})
    for event, meta in told:
        meta.trace()
        await EFFECTS[event.type](batch, event)
        batch.note(event.person_id)
    await batch.open_due()


async def _admitted(batch: Batch, event: intake.PersonAdmitted) -> None:
    """A custody episode began; a later one of the same person ends their open case."""
    admitted_on = kigali_day(event.occurred_at)
    returned = prospects.begin_episode(
        batch.session,
        batch.clock,
        batch.known,
        event.person_id,
        episode_id=event.episode_id,
        facility=event.facility,
        return_district=event.return_district,
        admitted_on=admitted_on,
        legal_status=str(event.legal_status),
    )
    if returned:
        row, case = batch.require(event.person_id), await batch.open_case(event.person_id)
        await lifecycle.readmit(batch.session, batch.clock, row, case, admitted_on)


async def _moved(batch: Batch, event: intake.PersonMoved) -> None:
    """The person is held elsewhere, escaped, or came back."""
    row = batch.require(event.person_id)
    if event.episode_id != row.episode_id:
        return
    row.custody_state = str(event.custody_state)
    if event.to_facility and event.kind != "TRANSFER_DEPARTED":
        lifecycle.change_facility(batch.clock, row, await batch.open_case(row.person_id), event.to_facility)


async def _dated(batch: Batch, event: intake.DatesComputed) -> None:
    """The expected release is known or moved; dates of an episode that is over change nothing."""
    row = batch.require(event.person_id)
    if event.episode_id != row.episode_id:
        return
    row.legal_status = str(event.legal_status)
    case = await batch.open_case(row.person_id)
    due = await lifecycle.move_release(
        batch.session, batch.clock, row, case, event.expected_release_on, event.occurred_at
    )
    if due is not None:
        batch.put_off(due)


async def _released(batch: Batch, event: intake.PersonReleased) -> None:
    """Custody ended: the follow-up starts."""
    row = batch.require(event.person_id)
    if event.episode_id != row.episode_id:
        raise OtherEpisodeError
    row.return_district = event.return_district or row.return_district
    await lifecycle.release(
        batch.session,
        batch.clock,
        row,
        await batch.open_case(row.person_id),
        event.released_on,
        reason=str(event.release_reason),
        supervision=str(event.supervision),
    )


async def _died(batch: Batch, event: intake.PersonDied) -> None:
    """The person died, in custody or after it."""
    row = batch.require(event.person_id)
    await lifecycle.die(batch.session, batch.clock, row, await batch.open_case(row.person_id), event.died_on)


EFFECTS: Mapping[str, Callable[[Batch, Any], Awaitable[None]]] = {
    intake.PersonAdmitted.type: _admitted,
    intake.PersonMoved.type: _moved,
    intake.DatesComputed.type: _dated,
    intake.PersonReleased.type: _released,
    intake.PersonDied.type: _died,
}


async def on_corrected(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """A release that was dated wrongly moves what is still to be done."""
    assert isinstance(event, intake.FactCorrected)  # noqa: S101 - registered for this type
    if event.fact.lower() not in RELEASE_FACTS:
        return
    batch = await Batch.of(session, [event.person_id])
    case, released_on = await batch.open_case(event.person_id), kigali_day(event.occurred_at)
    if case is None or case.state != CaseState.FOLLOW_UP or case.episode_id != event.episode_id:
        return
    if case.released_on != released_on:
        await lifecycle.correct_release(session, batch.clock, case, released_on)


async def on_updated(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """The district of return changed.

    Raises NotYet before the admission arrived.
    """
    assert isinstance(event, intake.PersonUpdated)  # noqa: S101 - registered for this type
    if event.return_district is None:
        return
    batch = await Batch.of(session, [event.person_id])
    row, case = batch.require(event.person_id), await batch.open_case(event.person_id)
    await lifecycle.change_district(session, batch.clock, row, case, event.return_district)


ONE_BY_ONE: Mapping[str, Handler] = {
    intake.FactCorrected.type: on_corrected,
    intake.PersonUpdated.type: on_updated,
}
