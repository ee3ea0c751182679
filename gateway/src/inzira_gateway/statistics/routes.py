"""HTTP of statistics: figures for partners, releases for administrators."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.errors import DomainError
from inzira_platform.page import Page, PageDep
from inzira_platform.scope import as_system

from inzira_gateway.partner import service as partners
from inzira_gateway.sharing.headers import PURPOSE
from inzira_gateway.sharing.refusals import refused
from inzira_gateway.statistics import service
from inzira_gateway.statistics.deps import CubesDep
from inzira_gateway.statistics.domain import Cube
from inzira_gateway.statistics.models import StatisticCell
from inzira_gateway.statistics.schemas import (
    CubeRead,
    FiguresRead,
    GrantedCubesRead,
    NumberRead,
    Period,
    ReleaseRead,
    ReleaseWritten,
)
from inzira_gateway.statistics.service import Figures

router = APIRouter(tags=["statistics"])


@router.get(
    "/v1/partner/stats", response_model=GrantedCubesRead, **declared("partner:statistics", openapi_extra=PURPOSE)
)
async def list_cubes(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    cubes: CubesDep,
) -> Response:
    """The cubes the partner may read, and the months there are figures of."""
    try:
        async with as_system(session):
            granted = await service.granted_cubes(session, cubes, principal.sub, principal.purpose, clock.today())
            releases = await service.periods(session)
            partners.record(session, principal.sub, "statistics.list", clock.now(), actor=principal.sub)
    except DomainError as error:
        return await refused(request, session, principal, "statistics.list", clock, error)
    read = GrantedCubesRead(cubes=[_cube(cube) for cube in granted], releases=releases)
    return JSONResponse(read.model_dump(mode="json"))


@router.get(
    "/v1/partner/stats/{cube}",
    response_model=FiguresRead,
    response_model_exclude_none=True,
    **declared("partner:statistics", openapi_extra=PURPOSE),
)
async def read_cube(
    cube: str,
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    cubes: CubesDep,
    release: Annotated[Period | None, Query(description="the month, as 2026-12; without it the latest")] = None,
) -> Response:
    """The figures of one cube in one release, as far as the partner's grants reach. Nothing is filtered on request."""
    try:
        cubes.check_name(cube)
        async with as_system(session):
            granted = await service.granted_cubes(session, cubes, principal.sub, principal.purpose, clock.today())
            figures = await service.read_figures(session, granted, cube, release)
            partners.record(
                session, principal.sub, "statistics.read", clock.now(), actor=principal.sub,
                reason=f"{figures.cube.label}/{figures.release.period}", subject=figures.release.id,
            )  # fmt: skip
    except DomainError as error:
        return await refused(request, session, principal, "statistics.read", clock, error)
    return JSONResponse(_figures(figures).model_dump(mode="json", exclude_none=True))


@router.get("/v1/admin/statistics/cubes", **declared("grant:approve"))
async def declared_cubes(cubes: CubesDep) -> list[CubeRead]:
    """Every cube, as grants may name it in `view`."""
    return [_cube(cube) for cube in cubes]


@router.get("/v1/admin/statistics/releases", **declared("statistics:release"))
async def list_releases(session: SessionDep, page: PageDep) -> Page[ReleaseRead]:
    """Releases, the latest first; how many numbers they show, never which."""
    async with as_system(session):
        rows, cursor = await service.list_releases(session, page)
    return Page(items=[ReleaseRead.model_validate(row) for row in rows], next_cursor=cursor)


@router.post(
    "/v1/admin/statistics/releases", status_code=201, response_model=ReleaseWritten, **declared("statistics:release")
)
async def make_release(
    session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep, cubes: CubesDep
) -> JSONResponse:
    """Make this month's release now, ahead of its day in the calendar; there is one each month and it never changes."""
    async with as_system(session):
        release = await service.make_release(session, cubes, by=principal.sub, clock=clock)
    return await once.remember(201, ReleaseWritten.model_validate(release))


def _cube(cube: Cube) -> CubeRead:
    return CubeRead(
        name=cube.name, version=cube.version, measure=cube.measure, k=cube.k, dimensions=["stage", cube.dimension],
        values=list(cube.values), purposes=list(cube.purposes),
    )  # fmt: skip


def _figures(figures: Figures) -> FiguresRead:
    cube, release = figures.cube, figures.release
    return FiguresRead(
        cube=cube.name, version=cube.version, release=release.period, as_known_on=release.as_known_on,
        measure=cube.measure, k=cube.k, dimensions=["stage", cube.dimension],
        numbers=[_number(cell) for cell in figures.cells],
    )  # fmt: skip


def _number(cell: StatisticCell) -> NumberRead:
    place = {cell.dimension: cell.value} if cell.dimension else {}
    return NumberRead.model_validate(
        {"stage": cell.stage or None, **place, "persons": cell.shown, "as_known_on": cell.known_on}
    )
