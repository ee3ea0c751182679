"""Making a release, and answering with what a grant lets through of one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.page import PageRequest, paged
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.freshness import service as freshness
from inzira_gateway.grant import service as grants
from inzira_gateway.grant.domain import GrantRoute, ViewInvalidError
from inzira_gateway.grant.models import PartnerGrant
from inzira_gateway.sharing.domain import OLDEST_REPLICA, NotGrantedError, PurposeMissingError
from inzira_gateway.statistics import repository
from inzira_gateway.statistics.catalogue import Cubes, load_cubes
from inzira_gateway.statistics.domain import (
    Cube,
    CubeUnknownError,
    ReadModelBehindError,
    ReleaseMadeError,
    ReleaseUnknownError,
    TooFewPersonsError,
    is_due,
    lets_through,
    period_of,
    tally,
)
from inzira_gateway.statistics.models import StatisticCell, StatisticRelease
from inzira_gateway.statistics.protection import ALL, NEW, Cell, Standing, shown_cells

Shown = tuple[int | None, date | None]


async def make_release(session: AsyncSession, cubes: Cubes, *, by: str, clock: Clock) -> StatisticRelease:
    """Count everybody and keep this month's figures of all cubes for ever. Needs the gateway's own scope.

    Raises ReadModelBehindError while the read model is behind, ReleaseMadeError, TooFewPersonsError.
    """
    await repository.take_turns(session)
    today, now = clock.today(), clock.now()
    previous = await repository.find_release(session)
    if previous is not None and previous.period >= period_of(today):
        raise ReleaseMadeError
    await _check_fresh(session, now)
    counts = tally(await repository.groups(session), cubes)
    if counts[ALL] < cubes.k:
        raise TooFewPersonsError
    old = {_key(cell): cell for cell in await repository.cells(session, previous.id)} if previous else {}
    fresh = shown_cells(counts, {key: _standing(cell) for key, cell in old.items()}, cubes.k)
    rows = [_row(key, count, old.get(key), fresh, today) for key, count in counts.items()]
    release = StatisticRelease(
        id=new_id(), period=period_of(today), as_known_on=today, is_carried_forward=not fresh, renewed=len(fresh),
        shown=sum(row["shown"] is not None for row in rows), made_by=by, made_at=now,
    )  # fmt: skip
    session.add(release)
    await session.flush()
    await repository.add_cells(session, [{"release_id": release.id, **row} for row in rows])
    return release


async def _check_fresh(session: AsyncSession, now: datetime) -> None:
    """A stage follows from what all services say: none of them may be behind."""
    ages = [item.age_seconds for item in (await freshness.describe(session, now)).sources]
    if any(age is None or age > OLDEST_REPLICA for age in ages):
        raise ReadModelBehindError


def _key(cell: StatisticCell) -> Cell:
    return Cell(cell.dimension, cell.stage, cell.value)


def _standing(cell: StatisticCell) -> Standing:
    return Standing(cell.shown, cell.base, cell.was_shown)


def _row(key: Cell, count: int, old: StatisticCell | None, fresh: frozenset[Cell], today: date) -> dict[str, Any]:
    """What is kept of a cell: a number that may not be renewed stays as it was last shown, with its day."""
    before = _standing(old) if old is not None else NEW
    is_fresh, is_open = key in fresh, key.parent is None or key.parent in fresh
    return {
        "dimension": key.dimension,
        "stage": key.stage,
        "value": key.value,
        "shown": count if is_fresh else before.shown,
        "known_on": today if is_fresh else old.known_on if old is not None else None,
        "base": count if is_open else before.base,
        "was_shown": is_fresh if is_open else before.was_shown,
    }


async def release_when_due(session: AsyncSession, clock: Clock) -> int:
    """This month's release, once its day has come and the read model is whole; how many were made."""
    cubes = load_cubes()
    if not is_due(cubes.calendar, clock.today()):
        return 0
    try:
        await make_release(session, cubes, by="svc:gateway", clock=clock)
    except (ReadModelBehindError, ReleaseMadeError, TooFewPersonsError):
        return 0
    return 1


async def list_releases(session: AsyncSession, page: PageRequest) -> tuple[list[StatisticRelease], str | None]:
    """One page of releases, the latest first."""
    return paged(await repository.list_releases(session, page), page.limit, lambda row: [row.period])


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of a release that a partner is shown."""

    cube: Cube
    release: StatisticRelease
    cells: list[StatisticCell]


async def granted_cubes(
    session: AsyncSession, cubes: Cubes, client_id: str, purpose: str, today: date
) -> Mapping[Cube, list[PartnerGrant]]:
    """Cubes the partner may read for this purpose, with the grants. Needs the gateway's own scope.

    Raises PurposeMissingError, NotGrantedError, or ViewInvalidError for a grant of a cube that is gone.
    """
    if not purpose:
        raise PurposeMissingError(field="X-Purpose")
    found: dict[Cube, list[PartnerGrant]] = {}
    for grant in await grants.in_force(session, client_id, GrantRoute.STATISTICS, purpose, today):
        try:
            cube = cubes.get(grant.view, grant.view_version)
        except CubeUnknownError as error:
            raise ViewInvalidError from error
        found.setdefault(cube, []).append(grant)
    if not found:
        raise NotGrantedError
    return found


async def read_figures(
    session: AsyncSession, granted: Mapping[Cube, list[PartnerGrant]], name: str, period: str | None
) -> Figures:
    """The newest granted version of a cube, in the release of a month or the latest. Needs the gateway's own scope.

    Raises NotGrantedError or ReleaseUnknownError.
    """
    versions = [cube for cube in granted if cube.name == name]
    if not versions:
        raise NotGrantedError
    cube = max(versions, key=lambda one: one.version)
    release = await repository.find_release(session, period)
    if release is None:
        raise ReleaseUnknownError
    cells = await repository.cells(session, release.id)
    return Figures(cube, release, [cell for cell in cells if _is_for(cell, cube, granted[cube])])


def _is_for(cell: StatisticCell, cube: Cube, held: Iterable[PartnerGrant]) -> bool:
    if cell.shown is None or cell.dimension not in ("", cube.dimension):
        return False
    return any(lets_through(grant.row_filter, cube, _key(cell)) for grant in held)


async def periods(session: AsyncSession) -> list[str]:
    """Every month with a release, the latest first."""
    return await repository.periods(session)
