"""Writing the feed: in the consumer's transaction, beside the journey it speaks of."""

from inzira_contracts.event import Event
from inzira_contracts.intake import ConsentGranted, ConsentWithdrawn
from inzira_platform.service import Delivery, Handler
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.feed import repository
from inzira_gateway.feed.domain import CONSENT, changed_fields, milestones_of
from inzira_gateway.journey.domain import HEAD_TYPES

CONSENTS = (ConsentGranted.type, ConsentWithdrawn.type)


def noted(handler: Handler) -> Handler:
    """The handler, followed by a row of the feed when something a view can show has changed."""

    async def handle(session: AsyncSession, event: Event, meta: Delivery) -> None:
        if event.person_id is None or meta.type not in (*HEAD_TYPES, *CONSENTS):
            await handler(session, event, meta)
            return
        before = await repository.state_of(session, event.person_id)
        await handler(session, event, meta)
        changed = changed_fields(before, await repository.state_of(session, event.person_id))
        changed |= milestones_of(meta.type, is_correction=event.supersedes is not None)
        changed |= {CONSENT} if meta.type in CONSENTS else set()
        if changed:
            await repository.append(session, event.person_id, sorted(changed), meta.time)

    return handle
