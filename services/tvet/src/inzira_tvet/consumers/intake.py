"""Intake's events: who is held where, and what a transfer, a release or a death does to a training."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from inzira_contracts.event import PersonEvent
from inzira_contracts.intake import PersonAdmitted, PersonDied, PersonMoved, PersonReleased
from inzira_platform.clock import KIGALI, Clock
from inzira_platform.service import Delivery, Received
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_tvet.attainment import service as attainment
from inzira_tvet.participant import service as participants
from inzira_tvet.participant.service import Known
from inzira_tvet.training import service as trainings
from inzira_tvet.training.service import Action

ACTOR = "svc:tvet"


class Departure(NamedTuple):
    """Who leaves the trainings they are in, and by what; those at the facility they `arrived_at` go on."""

    person_id: UUID
    action: Action
    on: date
    arrived_at: str | None = None


async def take_in(session: AsyncSession, received: Sequence[Received]) -> None:
    """Keep where people are, in order, and end the trainings of those who leave; other events are passed over.

    Raises NotYet before the admission of somebody who moves, is released or dies has arrived.
    """
    told = [(event, meta) for event, meta in received if isinstance(event, PersonEvent) and event.type in EFFECTS]
    clock: Clock = session.info["clock"]
    known = await participants.hold_participants(session, {event.person_id for event, _ in told})
    departures = [(EFFECTS[event.type](known, event, clock.now()), meta) for event, meta in told]
    await participants.keep_participants(session, known)
    await _cut_short(session, clock, [(leaves, meta) for leaves, meta in departures if leaves])


async def _cut_short(session: AsyncSession, clock: Clock, departures: Sequence[tuple[Departure, Delivery]]) -> None:
    trained = await trainings.hold_trained(session, {leaves.person_id for leaves, _ in departures})
    for leaves, meta in departures:
        if leaves.person_id in trained:
            meta.trace()
            await attainment.cut_short(
                session,
                clock,
                leaves.person_id,
                leaves.action,
                on=leaves.on,
                by=ACTOR,
                arrived_at=leaves.arrived_at,
            )


def _admitted(known: Known, event: PersonAdmitted, learned_at: datetime) -> None:
    """A stay begins: the person may take up training from that day."""
    participants.admit_participant(
        known,
        event.person_id,
        episode_id=event.episode_id,
        facility=event.facility,
        sex=event.sex.value,
        admitted_on=_day(event.occurred_at),
        at=event.occurred_at,
        learned_at=learned_at,
    )


def _moved(known: Known, event: PersonMoved, learned_at: datetime) -> Departure | None:
    """Received at another facility: trainings of the old one end with a statement of what was attained.

    Hospital, court and leave change nothing in a training.
    """
    arrived_at = event.to_facility if participants.has_arrived(event.custody_state.value, event.to_facility) else None
    is_latest = participants.move_participant(
        known,
        event.person_id,
        facility=arrived_at,
        custody_state=event.custody_state.value,
        at=event.occurred_at,
        learned_at=learned_at,
    )
    if arrived_at is None or not is_latest:
        return None
    return Departure(event.person_id, Action.TRANSFER_OUT, _day(event.occurred_at), arrived_at)


def _released(known: Known, event: PersonReleased, learned_at: datetime) -> Departure:
    """Released: what is not complete ends early, with a statement."""
    return _discharged(
        known, event, learned_at, "RELEASED", Departure(event.person_id, Action.RELEASE, event.released_on)
    )


def _died(known: Known, event: PersonDied, learned_at: datetime) -> Departure:
    """Died: every open training closes."""
    departure = Departure(event.person_id, Action.DIE, event.died_on)
    return _discharged(known, event, learned_at, "DECEASED", departure)


def _discharged(
    known: Known, event: PersonReleased | PersonDied, learned_at: datetime, state: str, departure: Departure
) -> Departure:
    participants.discharge_participant(
        known,
        event.person_id,
        custody_state=state,
        left_on=departure.on,
        at=event.occurred_at,
        learned_at=learned_at,
    )
    return departure


def _day(moment: datetime) -> date:
    """The calendar day of a moment in Rwanda."""
    return moment.astimezone(KIGALI).date()


EFFECTS: Mapping[str, Callable[[Known, Any, datetime], Departure | None]] = {
    PersonAdmitted.type: _admitted,
    PersonMoved.type: _moved,
    PersonReleased.type: _released,
    PersonDied.type: _died,
}
