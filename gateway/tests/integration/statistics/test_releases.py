"""Making releases, and everything that is refused: on record, as a problem document, with nothing told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from gateway_scene import Person, problem_of
from inzira_platform.clock import FixedClock
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import administrator, grant_terms, granted, registered
from statistics_scene import DISTRICTS, FIGURES, FOR_FIGURES, NATIONAL, RELEASES, STATS, come, entitled, release, whole

GRANTS = "/v1/admin/grants"
SCANNER = "statistics-release"


async def count(api: Api, table: str = "statistic_release") -> int:
    found: int = await api.database.value(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of this test
    return found


async def test_a_release_is_made_when_its_day_has_come(api: Api, deliveries: Deliveries, clock: FixedClock) -> None:
    await come(deliveries, 12, "24")
    clock.set(datetime(2026, 12, 4, 12, tzinfo=UTC))
    await whole(api)
    assert await deliveries.scan(SCANNER) == 0
    clock.set(datetime(2026, 12, 5, 12, tzinfo=UTC))
    assert await deliveries.scan(SCANNER) == 0, "the read model was not looked at for a day"
    await whole(api)
    assert await deliveries.scan(SCANNER) == 1
    assert await deliveries.scan(SCANNER) == 0
    clock.set(datetime(2027, 1, 9, 12, tzinfo=UTC))
    await whole(api)
    assert await deliveries.scan(SCANNER) == 1
    listed = (await administrator(api).get(RELEASES)).json()["items"]
    assert [(row["period"], row["made_by"], row["is_carried_forward"]) for row in listed] == [
        ("2027-01", "svc:gateway", False), ("2026-12", "svc:gateway", False),
    ]  # fmt: skip
    page = (await administrator(api).get(f"{RELEASES}?limit=1")).json()
    rest = (await administrator(api).get(f"{RELEASES}?limit=1&cursor={page['next_cursor']}")).json()
    assert [row["period"] for row in (*page["items"], *rest["items"])] == ["2027-01", "2026-12"]


async def test_there_is_one_release_a_month_and_a_repeated_request_makes_none(api: Api, deliveries: Deliveries) -> None:
    await come(deliveries, 12, "24")
    await whole(api)
    key = {"Idempotency-Key": "release-2026-11"}
    made = await administrator(api).post(RELEASES, headers=key)
    again = await administrator(api).post(RELEASES, headers=key)
    assert (made.status_code, made.json()) == (201, again.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert problem_of(await administrator(api, "adm-2").post(RELEASES))["code"] == "release-made"
    assert await deliveries.scan(SCANNER) == 0
    assert await count(api) == 1


@pytest.mark.parametrize(
    ("persons", "age", "code"), [(4, 0, "too-few-persons"), (0, 0, "too-few-persons"), (9, 61, "read-model-behind")]
)
async def test_no_release_is_made_of_too_few_or_of_yesterday(
    api: Api, deliveries: Deliveries, clock: FixedClock, persons: int, age: int, code: str
) -> None:
    await come(deliveries, persons, "24")
    await whole(api)
    clock.set(clock.now() + timedelta(seconds=age))
    assert problem_of(await administrator(api).post(RELEASES))["code"] == code
    assert await count(api) == 0


async def test_releases_are_the_administrators_and_show_no_number(api: Api, deliveries: Deliveries) -> None:
    await come(deliveries, 12, "24")
    await release(api)
    for role in ("me_officer", "data_protection_officer", "rcs_intake_officer", "partner"):
        for answer in (await api.as_(role).get(RELEASES), await api.as_(role).post(RELEASES)):
            assert problem_of(answer)["status"] == 403
    [row] = (await administrator(api).get(RELEASES)).json()["items"]
    assert set(row) == {
        "id", "period", "as_known_on", "is_carried_forward", "shown", "renewed", "made_by", "made_at",
    }  # fmt: skip
    cubes = (await administrator(api).get("/v1/admin/statistics/cubes")).json()
    assert [(cube["name"], cube["dimensions"], cube["k"]) for cube in cubes] == [
        ("stage-by-district", ["stage", "return_district"], 5),
        ("stage-by-facility", ["stage", "facility"], 5),
    ]


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no-such-cube": ({"view": "everything"}, "cube-unknown"),
    "no-such-version": ({"view_version": 9}, "cube-unknown"),
    "on-consent": ({"basis": "CONSENT", "basis_code": None}, "grant-basis"),
    "as-a-legal-duty": ({"basis": "LEGAL_DUTY"}, "grant-basis"),
    "without-a-ground": ({"basis_code": None}, "grant-basis"),
    "another-purpose": ({"purposes": ["reintegration_support"]}, "grant-of-cube"),
    "another-dimension": ({"row_filter": {"facilities": ["HUY"]}}, "grant-of-cube"),
    "persons-on-this-ground": ({"route": "persons", "view": "presence"}, "grant-basis"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_grant_that_says_what_cannot_be_is_refused(api: Api, door: Api, name: str) -> None:
    changes, code = BAD[name]
    partner = await registered(api, door)
    answer = await administrator(api).post(GRANTS, grant_terms(partner, **{**FIGURES, **changes}))
    assert problem_of(answer)["code"] == code
    assert await count(api, "partner_grant") == 0


@pytest.mark.parametrize(
    ("purpose", "path", "code"),
    [
        ("me_statistics", f"{STATS}/persons-by-name", "cube-unknown"),
        ("me_statistics", f"{STATS}/stage-by-facility", "not-granted"),
        ("me_statistics", f"{DISTRICTS}?release=2026-10", "release-unknown"),
        ("me_statistics", f"{DISTRICTS}?release=yesterday", "invalid-fields"),
        ("me_statistics", f"{DISTRICTS}?district=24", "parameter-unknown"),
        ("me_statistics", f"{DISTRICTS}?sex=F", "parameter-unknown"),
        ("research", DISTRICTS, "not-granted"),
        ("research", STATS, "not-granted"),
        (None, DISTRICTS, "purpose-missing"),
        ("curiosity", STATS, "purpose-missing"),
    ],
)
async def test_a_bad_question_is_refused_as_a_problem(
    api: Api, door: Api, deliveries: Deliveries, purpose: str | None, path: str, code: str
) -> None:
    await come(deliveries, 12, "24")
    await release(api)
    caller = await (await entitled(api, door)).sign_in()
    answer = await caller.get(path, headers={"X-Purpose": purpose} if purpose else {})
    assert problem_of(answer)["code"] == code
    if code not in ("invalid-fields", "parameter-unknown"):
        refused = await api.database.rows("SELECT action, reason FROM partner_record WHERE outcome = 'REFUSED'")
        assert [(row["action"].split(".")[0], row["reason"]) for row in refused] == [("statistics", code)]


async def test_every_answer_is_on_record_and_no_person_is(api: Api, door: Api, deliveries: Deliveries) -> None:
    await come(deliveries, 12, "24")
    made = await release(api)
    caller = await (await entitled(api, door)).sign_in()
    listed = await caller.get(STATS, headers=FOR_FIGURES)
    assert [cube["name"] for cube in listed.json()["cubes"]] == ["stage-by-district"]
    await caller.get(DISTRICTS, headers=FOR_FIGURES)
    told = await api.database.rows(
        "SELECT action, outcome, reason, subject FROM partner_record WHERE action LIKE 'statistics%' ORDER BY id"
    )
    assert [(row["action"], row["outcome"], row["reason"]) for row in told] == [
        ("statistics.list", "DONE", ""),
        ("statistics.read", "DONE", "stage-by-district.v1/2026-11"),
    ]
    assert str(told[1]["subject"]) == made["id"]
    assert await count(api, "access_entry") == 0


@pytest.mark.parametrize("deed", ["suspended", "over", "persons-only", "cube-gone"])
async def test_without_a_grant_in_force_nothing_is_read(api: Api, door: Api, deliveries: Deliveries, deed: str) -> None:
    await come(deliveries, 12, "24")
    await release(api)
    partner = await registered(api, door)
    if deed == "persons-only":
        await granted(api, partner, purposes=["me_statistics"])
    else:
        grant = await granted(api, partner, **FIGURES, row_filter=NATIONAL)
    caller = await partner.sign_in()
    match deed:
        case "suspended":
            await administrator(api).post(f"{GRANTS}/{grant}/suspension")
        case "over":
            await api.database.execute("UPDATE partner_grant SET valid_to = '2026-11-22'")
        case "cube-gone":
            await api.database.execute("UPDATE partner_grant SET view_version = 9")
        case _:
            pass
    wanted = "view-invalid" if deed == "cube-gone" else "not-granted"
    for path in (STATS, DISTRICTS):
        assert problem_of(await caller.get(path, headers=FOR_FIGURES))["code"] == wanted


async def test_a_grant_of_statistics_shows_no_person(api: Api, door: Api, deliveries: Deliveries) -> None:
    person = Person(new_id())
    await deliveries.send(person.admitted())
    partner = await registered(api, door)
    grant = await granted(api, partner, **FIGURES, row_filter={"districts": ["24"]})
    await whole(api)
    caller = await partner.sign_in()
    for path in ("/v1/partner/persons", "/v1/feed"):
        assert problem_of(await caller.get(path, headers=FOR_FIGURES))["code"] == "not-granted"
    tried = await administrator(api).post(f"{GRANTS}/{grant}/dry-run", {"person_id": str(person.id)}, keyed=False)
    assert problem_of(tried)["code"] == "grant-of-statistics"
    async with door.app.state.engine.connect() as connection:
        await connection.exec_driver_sql(
            "SELECT set_config('role', 'gateway_s_partner', true), set_config('app.sub', 'ngo-one', true)"
        )
        rows = await connection.exec_driver_sql("SELECT person_id FROM person_head")
        assert rows.all() == [], "the net under the queries opens no rows either"
