"""Statistics for the tests: people who come, releases as an administrator makes them, partners who may read."""

from typing import Any

from gateway_scene import Person
from inzira_gateway.freshness.domain import SOURCES
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import Partner, administrator, granted, registered

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
