"""What this service does with the events of others; types without a handler are read past."""

from collections.abc import Mapping, Sequence

from inzira_platform import scope_feed
from inzira_platform.service import Handler, Received, Together
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_curriculum.consumers import intake, reintegration


async def take_in(session: AsyncSession, received: Sequence[Received]) -> None:
    """Take the new events of a batch: as many statements for hundreds as for one, and more where an enrolment ends."""
    await scope_feed.take_in(session, received)
    await intake.take_in(session, received)


HANDLERS: Mapping[str, Handler] = {
    **dict.fromkeys((*scope_feed.HANDLERS, *intake.EFFECTS), Together(take_in)),
    **reintegration.HANDLERS,
}
