"""The worklist of dates over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query
from inzira_platform.deps import ClockDep, PrincipalDep, SessionDep, declared
from inzira_platform.http import Code
from inzira_platform.page import Page, PageDep

from inzira_intake.due import service
from inzira_intake.due.domain import DueKind, DueSort, horizon
from inzira_intake.due.repository import DueQuery
from inzira_intake.due.schemas import DueRead

router = APIRouter(tags=["custody"])


@router.get("/v1/custody/due", **declared("custody:due"))
async def list_due(
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    page: PageDep,
    within: Annotated[str, Query(max_length=12, description="how far to look: P12M, P90D, at most P3Y")] = "P12M",
    facility: Annotated[Code | None, Query()] = None,
    kind: Annotated[list[DueKind] | None, Query(max_length=5, description="all kinds when left out")] = None,
    sort: Annotated[DueSort, Query()] = DueSort.SOONEST,
) -> Page[DueRead]:
    """Who reaches release or parole soon, and who is held past the date, each with its computation explained."""
    today = clock.today()
    query = DueQuery(clock.now(), today, horizon(within, today), facility, frozenset(kind or DueKind), sort)
    items, cursor = await service.list_due(session, principal, query, page)
    return Page(items=[DueRead.of(item) for item in items], next_cursor=cursor)
