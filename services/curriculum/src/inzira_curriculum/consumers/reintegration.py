"""Risk flags: nobody enters a group while an acute crisis is open (domain.md 3, "Eligibility")."""

from inzira_contracts import reintegration
from inzira_contracts.event import Event
from inzira_platform.service import Delivery
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_curriculum.participant import service as participants

CLOSED = frozenset({"RESOLVED", "UNFOUNDED"})


async def on_flag_raised(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """Keep the flag's level and day; what was seen stays with those who saw it."""
    assert isinstance(event, reintegration.FlagRaised)  # noqa: S101 - registered for this type
    await participants.open_flag(session, event.flag_id, event.person_id, event.level, event.occurred_at)


async def on_flag_changed(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """Keep its level, and the day it was closed."""
    assert isinstance(event, reintegration.FlagChanged)  # noqa: S101 - registered for this type
    await participants.change_flag(
        session,
        event.flag_id,
        event.person_id,
        event.level,
        event.occurred_at,
        closed=event.to_state in CLOSED,
    )


HANDLERS = {
    reintegration.FlagRaised.type: on_flag_raised,
    reintegration.FlagChanged.type: on_flag_changed,
}
