"""Statistics for the tests: people who come, releases as an administrator makes them, partners who may read."""

from typing import Any

from gateway_scene import Person
from inzira_gateway.freshness.domain import SOURCES
from inzira_gateway.statistics.catalogue import load_cubes
from inzira_gateway.statistics.domain import tally
from inzira_gateway.statistics.protection import ALL, Cell
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import Partner, administrator, granted, registered
from statistics_worlds import Members

STATS = "/v1/partner/stats"
DISTRICTS = f"{STATS}/stage-by-district"
RELEASES = "/v1/admin/statistics/releases"
FOR_FIGURES = {"X-Purpose": "me_statistics"}
FIGURES: dict[str, Any] = {
    "route": "statistics", "view": "stage-by-district", "view_version": 1, "purposes": ["me_statistics"],
    "basis": "DEIDENTIFIED", "basis_code": "MOU-2026-4",
}  # fmt: skip
EVERY_STAGE = [
    "ADMITTED", "IN_CURRICULUM", "CURRICULUM_COMPLETED", "IN_TRAINING", "TRAINED", "PREPARING_RELEASE", "HANDOVER",
    "FOLLOW_UP", "LOST_CONTACT", "RELEASED", "CLOSED", "ESCAPED", "DECEASED", "UNKNOWN",
]  # fmt: skip
NATIONAL = {"stages": EVERY_STAGE}


async def whole(api: Api) -> None:
    """Say that the read model holds all that every service said."""
    for source in SOURCES:
        await api.database.execute(
            "INSERT INTO source_seen (source, fresh_at, checked_at, is_reachable) VALUES ($2, $1, $1, true) "
            "ON CONFLICT (source) DO UPDATE SET fresh_at = $1, checked_at = $1",
            api.clock.now(),
            source,
        )


async def come(deliveries: Deliveries, persons: int, district: str, facility: str = "HUY") -> list[Person]:
    """Admissions."""
    found = [Person(new_id(), facility) for _ in range(persons)]
    await deliveries.send(*[person.admitted(return_district=district) for person in found])
    return found


async def release(api: Api) -> dict[str, Any]:
    """This month's release, made by an administrator."""
    await whole(api)
    answer = await administrator(api).post(RELEASES)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def entitled(api: Api, door: Api, **terms: Any) -> Partner:  # noqa: ANN401 - terms of a grant
    """A partner with a grant of statistics."""
    partner = await registered(api, door)
    await granted(api, partner, **{**FIGURES, "row_filter": NATIONAL, **terms})
    return partner


async def read(caller: Caller, path: str = DISTRICTS) -> dict[str, Any]:
    """The document of a cube."""
    answer = await caller.get(path, headers=FOR_FIGURES)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def numbers(caller: Caller, path: str = DISTRICTS) -> dict[tuple[str | None, ...], int]:
    """The numbers of a cube by stage and value; None: over all of them."""
    document = await read(caller, path)
    names = document["dimensions"]
    return {tuple(row.get(name) for name in names): row["persons"] for row in document["numbers"]}


async def renewed(caller: Caller, other: Caller | None = None) -> dict[Cell, int]:
    """Numbers of the latest release that are of its own day; the cube of facilities as `other` reads it."""
    found: dict[Cell, int] = {}
    asked = (("stage-by-district", "return_district", caller), ("stage-by-facility", "facility", other or caller))
    for name, dimension, reader in asked:
        document = await read(reader, f"{STATS}/{name}")
        for row in document["numbers"]:
            value = row.get(dimension, "")
            if row["as_known_on"] == document["as_known_on"]:
                found[Cell(dimension if value else "", row.get("stage", ""), value)] = row["persons"]
    return found


async def members(api: Api) -> Members:
    """Who is in which cell, from the read model itself."""
    held: dict[Cell, set[int]] = {cell: set() for cell in tally([], load_cubes())}
    for row in await api.database.rows("SELECT person_id, stage, return_district, facility FROM person_head"):
        who, stage = row["person_id"].int, row["stage"]
        leaves = [Cell(name, stage, row[name]) for name in ("return_district", "facility")]
        for cell in (ALL, Cell("", stage, ""), *leaves):
            held[cell].add(who)
    lively = {"", "ADMITTED", "IN_CURRICULUM", "RELEASED"}
    return {cell: frozenset(who) for cell, who in held.items() if not cell.value or cell.stage in lively}
