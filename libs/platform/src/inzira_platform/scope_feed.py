"""Keeping the reach of persons fresh in a service that does not own it: intake's and reintegration's events.

Where a service has effects of its own for one of these types, its own handler takes the batch and calls `take_in`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from inzira_contracts import intake, reintegration
from inzira_contracts.event import Event
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_platform.casework import PURPOSE, Agreement, Ending, end_consents, hold_back, keep_consents
from inzira_platform.errors import NotYet
from inzira_platform.scope import lock_reach, upsert_many
from inzira_platform.service import Handler, Received, Together

Reach = dict[str, str | None]
"""What changes of a person's reach, by the names of `scope.upsert`."""

UNKNOWN: Reach = dict.fromkeys(("facility", "incoming_facility", "org", "worker_id", "district", "custody_state"))


async def take_in(session: AsyncSession, received: Sequence[Received]) -> None:
    """Keep what these events say of who may see whom, in order; events of other types are passed over.

    Raises NotYet when intake's admission of somebody who is carried has not arrived here.
    """
    await _keep_reach(session, [item.event for item in received])
    await take_in_consents(session, received)


async def _keep_reach(session: AsyncSession, events: Sequence[Event]) -> None:
    changes = [(event, change) for event in events if event.type in REACH and (change := REACH[event.type](event))]
    if not changes:
        return
    reach = await lock_reach(session, {event.person_id for event, _ in changes if event.person_id})
    for event, change in changes:
        assert event.person_id is not None  # noqa: S101 - every type here is about a person
        if event.type in CARRYING and event.person_id not in reach:
            raise NotYet("person")
        reach.setdefault(event.person_id, dict(UNKNOWN)).update(change)
    await upsert_many(session, reach)


async def take_in_consents(session: AsyncSession, received: Sequence[Received]) -> None:
    """Keep which organisations may follow whom; a consent may come before the person does, and its end before it."""
    granted: list[tuple[UUID, str, int]] = []
    agreements: list[Agreement] = []
    endings: list[Ending] = []
    for event, meta in received:
        if isinstance(event, intake.ConsentGranted) and event.purpose == PURPOSE:
            agreements.append(
                Agreement(event.consent_id, event.person_id, event.recipient, event.valid_from, event.valid_to)
            )
            granted.append((event.consent_id, f"{meta.source}|{meta.stream}", meta.version))
        elif isinstance(event, intake.ConsentWithdrawn) and event.purpose == PURPOSE:
            endings.append(Ending(event.consent_id, event.person_id, event.recipient, event.occurred_at))
    await keep_consents(session, agreements)
    await hold_back(session, granted)
    await end_consents(session, endings)


def _admitted(event: intake.PersonAdmitted) -> Reach:
    """A person is in the facility that admitted them."""
    held: Reach = {"facility": event.facility, "incoming_facility": None, "custody_state": "IN_FACILITY"}
    return held | _returning_to(event.return_district)


def _moved(event: intake.PersonMoved) -> Reach:
    """A transfer is visible to both ends until it is received (domain.md 2.6)."""
    change: Reach = {"custody_state": str(event.custody_state)}
    if event.kind == "TRANSFER_DEPARTED":
        change["incoming_facility"] = event.to_facility
    elif event.kind == "TRANSFER_RECEIVED":
        change |= {"facility": event.to_facility, "incoming_facility": None}
    elif event.to_facility:
        change["facility"] = event.to_facility
    if event.kind == "ESCAPED":
        # Whoever waited for the person has nobody to receive any more.
        change["incoming_facility"] = None
    return change


def _released(event: intake.PersonReleased) -> Reach:
    """A released person stays on the register of the facility that released them."""
    return {"custody_state": "RELEASED", "incoming_facility": None, **_returning_to(event.return_district)}


def _died(_event: intake.PersonDied) -> Reach:
    """Death ends custody."""
    return {"custody_state": "DECEASED", "incoming_facility": None}


def _returning_to(district: str | None) -> Reach:
    return {"district": district} if district else {}


def _assigned(event: reintegration.WorkerAssigned) -> Reach:
    """The responsible worker and their organisation see the person."""
    return {"worker_id": event.worker_id, "org": event.org} if event.role == "PRIMARY" else {}


def _handed_over(event: reintegration.HandoverAccepted) -> Reach:
    """From acceptance on, the new worker carries the person."""
    return {"worker_id": event.to_worker, "org": event.org}


def _closed(_event: reintegration.CaseClosed) -> Reach:
    """Nobody carries a closed case; the organisation keeps sight of it."""
    return {"worker_id": None}


CUSTODY: Mapping[str, Callable[[Any], Reach]] = {
    intake.PersonAdmitted.type: _admitted,
    intake.PersonMoved.type: _moved,
    intake.PersonReleased.type: _released,
    intake.PersonDied.type: _died,
}
CARRYING: Mapping[str, Callable[[Any], Reach]] = {
    reintegration.WorkerAssigned.type: _assigned,
    reintegration.HandoverAccepted.type: _handed_over,
    reintegration.CaseClosed.type: _closed,
}
REACH = {**CUSTODY, **CARRYING}
CONSENTS = (intake.ConsentGranted.type, intake.ConsentWithdrawn.type)

HANDLERS: Mapping[str, Handler] = dict.fromkeys((*REACH, *CONSENTS), Together(take_in))
CASELOAD: Mapping[str, Handler] = {name: HANDLERS[name] for name in CARRYING}
