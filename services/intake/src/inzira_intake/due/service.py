"""Use case: the worklist of release and parole dates, with how each date was computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.outbox import record_access
from inzira_platform.page import InvalidCursorError, PageRequest, paged
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_intake.due import repository
from inzira_intake.due.domain import PASSED, DueKind, milestone
from inzira_intake.due.repository import DueQuery, DueRow
from inzira_intake.sentence import service as sentences
from inzira_intake.sentence.models import DateComputation


@dataclass(frozen=True)
class DueItem:
    """One line of the worklist: the date, how near it is, and the steps that gave it."""

    row: DueRow
    days_left: int
    milestone: str
    rule_set: str | None
    needs_second_officer: bool
    explanation: tuple[str, ...]


async def list_due(
    session: AsyncSession, principal: Principal, query: DueQuery, page: PageRequest
) -> tuple[list[DueItem], str | None]:
    """One page of the worklist and the cursor of the next; leaves an access record of those shown.

    Raises InvalidCursorError.
    """
    after = page.after(3)
    _check(after)
    rows = await repository.list_due(session, principal, query, page.limit, after)
    shown, cursor = paged(rows, page.limit, lambda row: (row.due_on, row.episode_id, row.kind))
    items = await _explained(session, query, shown)
    await record_access(session, principal, "custody.due", [row.person_id for row in shown], view="dates")
    return items, cursor


async def _explained(session: AsyncSession, query: DueQuery, rows: Sequence[DueRow]) -> list[DueItem]:
    computations = await sentences.list_computations(session, [row.episode_id for row in rows])
    latest = {item.episode_id: item for item in computations}
    return [_item(query, row, latest.get(row.episode_id)) for row in rows]


def _item(query: DueQuery, row: DueRow, computed: DateComputation | None) -> DueItem:
    kind, days_left = DueKind(row.kind), (row.due_on - query.today).days
    near = milestone(kind, days_left)
    if kind in PASSED or computed is None:
        return DueItem(row, days_left, near, None, False, (PASSED.get(kind, ""),))
    words = tuple(f"{step['words']} {step['value']}".strip() for step in computed.trace)
    return DueItem(row, days_left, near, computed.rule_set, computed.needs_second_officer, words)


def _check(after: Sequence[str] | None) -> None:
    """Raises InvalidCursorError when the values are not a day, an id and a kind."""
    if after is None:
        return
    try:
        date.fromisoformat(after[0])
        UUID(after[1])
        DueKind(after[2])
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error
