"""My week: what is due, what is overdue, which flags are open, which handovers wait for me."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.outbox import record_access
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.case import service as cases
from inzira_reintegration.case.models import Case
from inzira_reintegration.flag import service as flags
from inzira_reintegration.flag.models import Flag
from inzira_reintegration.followup import service as followup
from inzira_reintegration.followup.models import DueItem
from inzira_reintegration.responsibility import service as responsibility
from inzira_reintegration.responsibility.models import Handover

MOST = 200


@dataclass(frozen=True)
class Worklist:
    """At most 200 of each; `truncated` says that there is more."""

    due: Sequence[DueItem]
    overdue: Sequence[DueItem]
    flags: Sequence[Flag]
    handovers: Sequence[Handover]
    consents: Sequence[Case]
    truncated: bool


async def read_worklist(
    session: AsyncSession, principal: Principal, clock: Clock, days: int, worker_id: str | None
) -> Worklist:
    """What the persons in reach need within `days`; a supervisor may ask for one worker's. Access recorded."""
    until = clock.today() + timedelta(days=days)
    items = await followup.pending_until(session, principal, worker_id, until, MOST)
    raised: Sequence[Flag] = []
    offered: Sequence[Handover] = []
    unasked: Sequence[Case] = []
    if principal.scope_kind == "facility":
        unasked = await cases.without_consent(session, principal, MOST)
    else:  # flags and answers to offers are not the facility's
        raised = await flags.open_flags(session, principal, worker_id, MOST)
        offered = await responsibility.handovers_to_decide(session, principal, MOST)
    overdue = [item for item in items if item.latest_on < clock.today()]
    due = [item for item in items if item.latest_on >= clock.today()]
    shown = [item.person_id for item in items] + [flag.person_id for flag in raised]
    shown += [offer.person_id for offer in offered] + [case.person_id for case in unasked]
    await record_access(session, principal, "reintegration.worklist.read", shown)
    is_cut = MOST in (len(items), len(raised), len(offered), len(unasked))
    return Worklist(due, overdue, raised, offered, unasked, is_cut)
