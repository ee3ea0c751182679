"""Keeping what the custody events tell of a person, until and while a case is open."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from inzira_platform.clock import Clock
from inzira_platform.errors import NotYet
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.prospect import repository
from inzira_reintegration.prospect.domain import horizon
from inzira_reintegration.prospect.models import Prospect, ProspectStatus
from inzira_reintegration.ruleset import rules_on

Known = dict[UUID, Prospect]
"""Prospects of a batch of events, by person."""


async def hold_prospects(session: AsyncSession, person_ids: Collection[UUID]) -> Known:
    """Those of these persons whose admission has arrived, locked until the transaction ends; for consumers."""
    rows = await repository.lock(session, person_ids) if person_ids else []
    return {row.person_id: row for row in rows}


def begin_episode(
    session: AsyncSession,
    clock: Clock,
    known: Known,
    person_id: UUID,
    *,
    episode_id: UUID,
    facility: str,
    return_district: str | None,
    admitted_on: date,
    legal_status: str,
) -> bool:
    """A person was admitted; True when this follows an earlier episode (a readmission)."""
    row = known.get(person_id)
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
    if row is None:
        known[person_id] = fresh
        session.add(fresh)
    else:
        row.sqlmodel_update(fresh)
    return row is not None


def require_prospect(known: Known, clock: Clock, person_id: UUID) -> Prospect:
    """The person's row, about to change.

    Raises NotYet when the admission has not arrived.
    """
    if person_id not in known:
        raise NotYet("person")
    known[person_id].updated_at = clock.now()
    return known[person_id]


async def due_prospects(session: AsyncSession, clock: Clock, limit: int) -> Sequence[Prospect]:
    """Whom a case is due for today and who have none."""
    until = horizon(clock.today(), rules_on(clock.today()).opening)
    return await repository.due(session, until, limit)
