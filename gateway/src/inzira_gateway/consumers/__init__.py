"""What the gateway does with each event: journeys grow, the ledger notes disclosures, consents are kept at hand."""

from collections.abc import Mapping, Sequence

from inzira_contracts.access import AccessRecorded
from inzira_contracts.event import PersonEvent
from inzira_contracts.registry import REGISTRY
from inzira_platform.service import Handler, Received, Together
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.consent import service as consent
from inzira_gateway.feed import taking_in as feed
from inzira_gateway.journey import projection as journey
from inzira_gateway.ledger import service as ledger

TOPICS = ("inzira.intake", "inzira.curriculum", "inzira.tvet", "inzira.reintegration", "inzira.access")


async def take_in(session: AsyncSession, received: Sequence[Received]) -> None:
    """Take the new events of a batch: as many statements for two hundred as for one."""
    await ledger.take_in(session, received)
    await consent.take_in(session, received)
    of_persons = [item for item in received if isinstance(item.event, PersonEvent)]
    await feed.note(session, await journey.take_in(session, of_persons))


TAKEN_IN = Together(take_in)
HANDLERS: Mapping[str, Handler] = {
    name: TAKEN_IN for name, event in REGISTRY.items() if issubclass(event, PersonEvent | AccessRecorded)
}
