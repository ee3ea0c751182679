"""HTTP of lists and counts."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from inzira_platform.deps import ClockDep, PrincipalDep, SessionDep, declared
from inzira_platform.http import Code
from inzira_platform.page import PageDep

from inzira_gateway.clients.deps import IntakeDep
from inzira_gateway.directory import service
from inzira_gateway.directory.domain import Sort, Wanted, due_by
from inzira_gateway.directory.schemas import FacilityRead, PersonRead, PersonsRead, StagesRead
from inzira_gateway.freshness import service as freshness
from inzira_gateway.freshness.schemas import aged
from inzira_gateway.freshness.waiting import OwnWriteDep
from inzira_gateway.journey.domain import Stage
from inzira_gateway.journey.schemas import name_read
from inzira_gateway.journey.service import follows
from inzira_gateway.ledger import service as ledger

router = APIRouter(tags=["persons"])
Words = Annotated[
    str | None,
    Query(
        min_length=2,
        max_length=100,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="a name, RCS number or identity number",
    ),
]


async def _wanted(
    clock: ClockDep,
    stage: Annotated[list[Stage] | None, Query(max_length=20, description="repeat for several")] = None,
    facility: Annotated[Code | None, Query(description="facility code")] = None,
    district: Annotated[Code | None, Query(description="code of the district of return")] = None,
    due_within: Annotated[int | None, Query(ge=0, le=3650, description="days until something is due")] = None,
    sort: Annotated[Sort, Query(description="a leading hyphen turns the order round")] = Sort.NEXT_DUE_ON,
) -> Wanted:
    return Wanted(tuple(stage or ()), facility, district, due_by(due_within, clock.today()), sort=sort)


@router.get("/v1/persons", **declared("person:search"))
async def list_persons(
    _own_write: OwnWriteDep,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    page: PageDep,
    wanted: Annotated[Wanted, Depends(_wanted)],
    intake: IntakeDep,
    q: Words = None,
) -> PersonsRead:
    """Persons in the caller's reach: by name or identifier, stage, facility, district, or what is due soon."""
    found = await service.find_persons(session, principal, intake, q, wanted, page)
    shown = [head.person_id for head in found.heads]
    view, whole = "named" if found.names else "codes", follows(principal)
    items = [PersonRead.of(head, whole=whole, name=name_read(found.names.get(head.person_id))) for head in found.heads]
    age = aged(await freshness.describe(session, clock.now(), found.gaps))
    await ledger.record_disclosure(session, principal, "persons.list", shown, clock.now(), view)
    return PersonsRead(**age, items=items, next_cursor=found.next_cursor)


@router.get("/v1/facilities/stages", **declared("summary:read"))
async def count_stages(
    _own_write: OwnWriteDep, session: SessionDep, principal: PrincipalDep, clock: ClockDep
) -> StagesRead:
    """How many persons stand where, by facility; counts only, of those in the caller's reach."""
    facilities = await service.count_stages(session, principal)
    stages: Counter[str] = Counter()
    for item in facilities:
        stages.update(item.stages)
    return StagesRead(
        **aged(await freshness.describe(session, clock.now())),
        facilities=[FacilityRead.model_validate(item) for item in facilities],
        total=stages.total(),
        stages=dict(sorted(stages.items())),
    )
