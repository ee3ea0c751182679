"""What this service listens to: custody and consents as intake tells them."""

from collections.abc import Mapping, Sequence

from inzira_platform import scope_feed
from inzira_platform.service import Handler, Received, Together
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.consumers import intake


async def take_in(session: AsyncSession, received: Sequence[Received]) -> None:
    """Take the new events of a batch: as many statements for hundreds as for one, and more where a case moves."""
    await scope_feed.take_in(session, received)
    await intake.take_in(session, received)


HANDLERS: Mapping[str, Handler] = {
    **dict.fromkeys((*scope_feed.CUSTODY, *scope_feed.CONSENTS, *intake.EFFECTS), Together(take_in)),
    **intake.ONE_BY_ONE,
}
