"""What the scanner does about missed windows: set-based, in bounded batches, the same however often it runs."""

from inzira_platform.clock import Clock
from inzira_platform.outbox import emit_many
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.case.service import contact_lost
from inzira_reintegration.followup import repository
from inzira_reintegration.followup.service import start_search
from inzira_reintegration.ruleset import rules_on


async def mark_overdue(session: AsyncSession, clock: Clock, limit: int) -> int:
    """Windows that closed without the item being done. Returns how many were marked."""
    return await repository.mark_overdue(session, clock.today(), clock.now(), limit)


async def escalate_overdue(session: AsyncSession, clock: Clock, limit: int) -> int:
    """Missed items that now concern the supervisor (`Level.SUPERVISOR`). Returns how many."""
    days = rules_on(clock.today()).overdue.supervisor_after_days
    return await repository.escalate(session, clock.today(), clock.now(), days, limit)


async def declare_lost(session: AsyncSession, clock: Clock, by: str, limit: int) -> int:
    """Start the lost-contact protocol where nobody has seen the person (`Level.LOST_CONTACT`). How many."""
    days = rules_on(clock.today()).overdue.lost_contact_after_days
    cases = await repository.lose_contact(session, clock.today(), clock.now(), days, limit)
    for case in cases:
        case.lost_contact_on = clock.today()
        case.version += 1
        case.updated_at = clock.now()
    if cases:
        await start_search(session, cases, clock)
        await emit_many(session, [contact_lost(case, clock.now(), by) for case in cases])
    return len(cases)
