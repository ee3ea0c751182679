"""Keeping what the custody events tell of a person, until and while a case is open."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from inzira_platform.clock import Clock
from inzira_platform.errors import NotYet
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.prospect import repository
from inzira_reintegration.prospect.domain import horizon
from inzira_reintegration.prospect.models import Prospect, ProspectStatus
from inzira_reintegration.ruleset import rules_on


async def begin_episode(
    session: AsyncSession,
    clock: Clock,
    person_id: UUID,
    *,
    episode_id: UUID,
    facility: str,
    return_district: str | None,
    admitted_on: date,
    legal_status: str,
) -> bool:
    """A person was admitted; True when this follows an earlier episode (a readmission)."""
    row = await repository.get(session, person_id)
    if row is not None and row.episode_id == episode_id:
        return False
    fresh = Prospect(
        person_id=person_id,
        episode_id=episode_id,
        facility=facility,
        return_district=return_district or (row.return_district if row else None),
        admitted_on=admitted_on,
        legal_status=legal_status,
        custody_state="IN_FACILITY",
        status=ProspectStatus.WAITING.value,
        updated_at=clock.now(),
    )
    await session.merge(fresh)
    await session.flush()
    return row is not None


async def require_prospect(session: AsyncSession, clock: Clock, person_id: UUID) -> Prospect:
    """The person's row, locked, about to change.

    Raises NotYet when the admission has not arrived.
    """
    row = await repository.get(session, person_id)
    if row is None:
        raise NotYet("person")
    row.updated_at = clock.now()
    return row


async def due_prospects(session: AsyncSession, clock: Clock, limit: int) -> Sequence[Prospect]:
    """Whom a case is due for today and who have none."""
    until = horizon(clock.today(), rules_on(clock.today()).opening)
    return await repository.due(session, until, limit)
