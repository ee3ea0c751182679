"""Keeping the reach of persons fresh in a service that does not own it: intake's and reintegration's events.

Where a service has effects of its own for one of these types, it calls the function here from its own handler.
"""

from inzira_contracts import intake, reintegration
from inzira_contracts.event import Event
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_platform.casework import PURPOSE, end_consent, hold_back, keep_consent
from inzira_platform.errors import NotYet
from inzira_platform.scope import PERSON_SCOPE, upsert
from inzira_platform.service import Delivery, Handler


async def on_admitted(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """A person is in the facility that admitted them."""
    assert isinstance(event, intake.PersonAdmitted)  # noqa: S101 - registered for this type
    fields: dict[str, str | None] = {
        "facility": event.facility,
        "incoming_facility": None,
        "custody_state": "IN_FACILITY",
    }
    if event.return_district:
        fields["district"] = event.return_district
    await upsert(session, event.person_id, **fields)


async def on_moved(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """A transfer is visible to both ends until it is received (domain.md 2.6)."""
    assert isinstance(event, intake.PersonMoved)  # noqa: S101 - registered for this type
    fields: dict[str, str | None] = {"custody_state": str(event.custody_state)}
    if event.kind == "TRANSFER_DEPARTED":
        fields["incoming_facility"] = event.to_facility
    elif event.kind == "TRANSFER_RECEIVED":
        fields |= {"facility": event.to_facility, "incoming_facility": None}
    elif event.to_facility:
        fields["facility"] = event.to_facility
    if event.kind == "ESCAPED":
        # Whoever waited for the person has nobody to receive any more.
        fields["incoming_facility"] = None
    await upsert(session, event.person_id, **fields)


async def on_released(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """A released person stays on the register of the facility that released them."""
    assert isinstance(event, intake.PersonReleased)  # noqa: S101 - registered for this type
    fields: dict[str, str | None] = {"custody_state": "RELEASED", "incoming_facility": None}
    if event.return_district:
        fields["district"] = event.return_district
    await upsert(session, event.person_id, **fields)


async def on_died(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """Death ends custody."""
    assert isinstance(event, intake.PersonDied)  # noqa: S101 - registered for this type
    await upsert(session, event.person_id, custody_state="DECEASED", incoming_facility=None)


async def on_assigned(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """The responsible worker and their organisation see the person."""
    assert isinstance(event, reintegration.WorkerAssigned)  # noqa: S101 - registered for this type
    if event.role == "PRIMARY":
        await _known(session, event)
        await upsert(session, event.person_id, worker_id=event.worker_id, org=event.org)


async def on_handover_accepted(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """From acceptance on, the new worker carries the person."""
    assert isinstance(event, reintegration.HandoverAccepted)  # noqa: S101 - registered for this type
    await _known(session, event)
    await upsert(session, event.person_id, worker_id=event.to_worker, org=event.org)


async def on_case_closed(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """Nobody carries a closed case; the organisation keeps sight of it."""
    assert isinstance(event, reintegration.CaseClosed)  # noqa: S101 - registered for this type
    await _known(session, event)
    await upsert(session, event.person_id, worker_id=None)


async def on_consent_granted(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """An organisation may follow the person; the consent may come before the person does."""
    assert isinstance(event, intake.ConsentGranted)  # noqa: S101 - registered for this type
    if event.purpose == PURPOSE:
        await keep_consent(
            session, event.consent_id, event.person_id, event.recipient, event.valid_from, event.valid_to
        )
        await hold_back(session, event.consent_id, f"{meta.source}|{meta.stream}", meta.version)


async def on_consent_withdrawn(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """The organisation loses sight of the person at once, whoever carries the case."""
    assert isinstance(event, intake.ConsentWithdrawn)  # noqa: S101 - registered for this type
    if event.purpose == PURPOSE:
        await end_consent(session, event.consent_id, event.person_id, event.recipient, event.occurred_at)


async def _known(session: AsyncSession, event: Event) -> None:
    """Raise NotYet when intake's admission of this person has not arrived here."""
    statement = select(PERSON_SCOPE.c.person_id).where(PERSON_SCOPE.c.person_id == event.person_id)
    if (await session.execute(statement)).first() is None:
        raise NotYet("person")


CUSTODY: dict[str, Handler] = {
    intake.PersonAdmitted.type: on_admitted,
    intake.PersonMoved.type: on_moved,
    intake.PersonReleased.type: on_released,
    intake.PersonDied.type: on_died,
}
CASELOAD: dict[str, Handler] = {
    reintegration.WorkerAssigned.type: on_assigned,
    reintegration.HandoverAccepted.type: on_handover_accepted,
    reintegration.CaseClosed.type: on_case_closed,
}
CONSENTS: dict[str, Handler] = {
    intake.ConsentGranted.type: on_consent_granted,
    intake.ConsentWithdrawn.type: on_consent_withdrawn,
}
HANDLERS: dict[str, Handler] = CUSTODY | CASELOAD | CONSENTS
