"""What the gateway does with each event: journeys grow, the ledger notes disclosures, consents are kept at hand."""

from collections.abc import Mapping

from inzira_contracts.access import AccessRecorded
from inzira_contracts.event import Event, PersonEvent
from inzira_contracts.intake import ConsentGranted, ConsentWithdrawn
from inzira_contracts.registry import REGISTRY
from inzira_platform.service import Delivery, Handler
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.consent import service as consent
from inzira_gateway.feed.taking_in import noted
from inzira_gateway.journey.projection import take_in
from inzira_gateway.ledger import service as ledger

TOPICS = ("inzira.intake", "inzira.curriculum", "inzira.tvet", "inzira.reintegration", "inzira.access")


async def on_disclosure(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """Somebody was shown persons by a service."""
    assert isinstance(event, AccessRecorded)  # noqa: S101 - registered for this type
    await ledger.take_in(session, meta.event_id, event)


def and_then(first: Handler, second: Handler) -> Handler:
    """One handler that does both, in this order."""

    async def both(session: AsyncSession, event: Event, meta: Delivery) -> None:
        await first(session, event, meta)
        await second(session, event, meta)

    return both


HANDLERS: Mapping[str, Handler] = {
    AccessRecorded.type: on_disclosure,
    **{name: noted(take_in) for name, event in REGISTRY.items() if issubclass(event, PersonEvent)},
    ConsentGranted.type: noted(and_then(consent.on_granted, take_in)),
    ConsentWithdrawn.type: noted(and_then(consent.on_withdrawn, take_in)),
}
