"""What custody's events mean here: who may enter, and whose enrolments end."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from inzira_contracts import intake
from inzira_contracts.event import PersonEvent
from inzira_platform.service import Delivery, Received
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_curriculum.enrolment import service as enrolments
from inzira_curriculum.participant import service as participants
from inzira_curriculum.participant.service import Known

IN_PLACE = frozenset({"IN_FACILITY", "HALFWAY"})


class Departure(NamedTuple):
    """Who leaves the groups they are in, and by what; those at the facility they `arrived_at` go on.

    `episode_id` limits it to enrolments of that custody episode.
    """

    person_id: UUID
    action: enrolments.Action
    on: date
    arrived_at: str | None = None
    episode_id: UUID | None = None


async def take_in(session: AsyncSession, received: Sequence[Received]) -> None:
    """Keep what custody says of people, in order, and end the enrolments of those who leave.

    Other events are passed over.
    """
    told = [(event, meta) for event, meta in received if isinstance(event, PersonEvent) and event.type in EFFECTS]
    known = await participants.hold_participants(session, {event.person_id for event, _ in told})
    departures = [(EFFECTS[event.type](known, event), meta) for event, meta in told]
    await participants.keep_participants(session, known)
    await _end_enrolments(session, [(leaves, meta) for leaves, meta in departures if leaves])


async def _end_enrolments(session: AsyncSession, departures: Sequence[tuple[Departure, Delivery]]) -> None:
    enrolled = await enrolments.hold_enrolled(session, {leaves.person_id for leaves, _ in departures})
    for leaves, meta in departures:
        if leaves.person_id in enrolled:
            meta.trace()
            await enrolments.end_with_custody(
                session,
                leaves.person_id,
                leaves.action,
                leaves.on,
                episode_id=leaves.episode_id,
                unless_in=leaves.arrived_at,
            )


def _admitted(known: Known, event: intake.PersonAdmitted) -> None:
    """A custody episode begins: the person can be enrolled where they are."""
    latest = participants.place(
        known,
        event.person_id,
        event.occurred_at,
        episode_id=event.episode_id,
        facility=event.facility,
        custody_state="IN_FACILITY",
    )
    if latest:
        participants.begin_episode(known, event.person_id, event.occurred_at, event.legal_status)


def _moved(known: Known, event: intake.PersonMoved) -> Departure | None:
    """A person received elsewhere leaves the group here; their credits travel (domain.md 3)."""
    arrived = event.to_facility if event.kind != "TRANSFER_DEPARTED" else None
    latest = participants.place(
        known,
        event.person_id,
        event.occurred_at,
        episode_id=event.episode_id,
        facility=arrived,
        custody_state=event.custody_state,
    )
    if not latest or arrived is None or event.custody_state not in IN_PLACE:
        return None
    on = participants.day_of(event.occurred_at)
    return Departure(event.person_id, enrolments.Action.TRANSFER_OUT, on, arrived)


def _sentenced(known: Known, event: intake.SentenceRecorded) -> None:
    """A sentence states the legal status."""
    participants.keep_legal_status(known, event.person_id, event.episode_id, event.legal_status)


def _dated(known: Known, event: intake.DatesComputed) -> None:
    """Computed dates order who is asked first."""
    participants.keep_legal_status(known, event.person_id, event.episode_id, event.legal_status)
    participants.keep_dates(
        known, event.person_id, event.episode_id, event.expected_release_on, event.parole_eligible_on
    )


def _released(known: Known, event: intake.PersonReleased) -> Departure:
    """Released before the end: the enrolment says so, and the programme can go on in the community."""
    participants.place(
        known,
        event.person_id,
        event.occurred_at,
        episode_id=event.episode_id,
        facility=None,
        custody_state="RELEASED",
    )
    participants.keep_release(known, event.person_id, event.episode_id, event.released_on)
    return Departure(event.person_id, enrolments.Action.RELEASE, event.released_on, episode_id=event.episode_id)


def _died(known: Known, event: intake.PersonDied) -> Departure:
    """Death ends everything that was open."""
    participants.keep_death(known, event.person_id, event.occurred_at)
    return Departure(event.person_id, enrolments.Action.DIE, event.died_on)


EFFECTS: Mapping[str, Callable[[Known, Any], Departure | None]] = {
    intake.PersonAdmitted.type: _admitted,
    intake.PersonMoved.type: _moved,
    intake.SentenceRecorded.type: _sentenced,
    intake.DatesComputed.type: _dated,
    intake.PersonReleased.type: _released,
    intake.PersonDied.type: _died,
}
