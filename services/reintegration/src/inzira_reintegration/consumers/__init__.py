"""What this service listens to: custody and consents as intake tells them."""

from collections.abc import Mapping, Sequence

from inzira_platform import scope_feed
from inzira_platform.service import Handler, Received, Together
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.consumers import intake


async def take_in(session: AsyncSession, received: Sequence[Received]) -> None:
    """Take the new events of a batch: as many statements for hundreds as for one, and more where a case moves.

    Cases come before the reach of their persons, as with whoever works on a case and hands the person on: neither waits
    for the other with one of the two in hand.
    """
    await intake.take_in(session, received)
    await scope_feed.take_in(session, received)


HANDLERS: Mapping[str, Handler] = {
    **dict.fromkeys((*scope_feed.CUSTODY, *scope_feed.CONSENTS, *intake.EFFECTS), Together(take_in)),
    **intake.ONE_BY_ONE,
}
