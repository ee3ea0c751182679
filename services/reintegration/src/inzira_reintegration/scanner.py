"""What time does by itself: each pass is one bounded, set-based transaction, and repeating it changes nothing.

After downtime a scanner is called again at once while it finds work, so it catches up by itself.
"""

from inzira_platform.clock import Clock
from inzira_platform.service import Scanner
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.flag import service as flags
from inzira_reintegration.followup import deadlines
from inzira_reintegration.lifecycle import service as lifecycle
from inzira_reintegration.responsibility import service as responsibility

BY = lifecycle.BY
BATCH = 100
BULK = 1000


async def open_cases(session: AsyncSession, clock: Clock) -> int:
    """Cases whose window opened today or earlier."""
    return await lifecycle.open_due_cases(session, clock, BATCH)


async def mark_overdue(session: AsyncSession, clock: Clock) -> int:
    """Windows that closed."""
    return await deadlines.mark_overdue(session, clock, BULK)


async def escalate_overdue(session: AsyncSession, clock: Clock) -> int:
    """Missed items that go up to the supervisor."""
    return await deadlines.escalate_overdue(session, clock, BULK)


async def declare_lost(session: AsyncSession, clock: Clock) -> int:
    """Persons nobody has seen since a missed window."""
    return await deadlines.declare_lost(session, clock, BY, BATCH)


async def escalate_handovers(session: AsyncSession, clock: Clock) -> int:
    """Offers nobody answered in time."""
    return await responsibility.escalate_late_offers(session, clock, BY, BATCH)


async def escalate_flags(session: AsyncSession, clock: Clock) -> int:
    """Flags whose clock passed."""
    return await flags.escalate_flags(session, clock, BY, BATCH)


SCANNERS = [
    Scanner("open-cases", 30.0, open_cases),
    Scanner("mark-overdue", 60.0, mark_overdue),
    Scanner("escalate-overdue", 60.0, escalate_overdue),
    Scanner("lost-contact", 60.0, declare_lost),
    Scanner("handover-deadline", 30.0, escalate_handovers),
    Scanner("flag-clock", 15.0, escalate_flags),
]
