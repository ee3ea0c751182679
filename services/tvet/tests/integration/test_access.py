"""Who may come in at all, and who sees whom."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from inzira_contracts.reintegration import WorkerAssigned
from inzira_platform.clock import kigali_midnight
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api
from inzira_platform.testing.consents import agreement
from inzira_platform.testing.deliveries import Deliveries
from inzira_tvet.main import SERVICE
from tvet_scene import OPENED, Intake, Workshop

TABLES = [
    *("participant", "training", "training_credit", "training_change", "attendance_mark", "module_assessment"),
    *("integrated_assessment", "award", "attainment_statement"),
]


def _operations() -> Iterator[tuple[str, str]]:
    """Every operation of this service as (method, path)."""
    for router in SERVICE.routers:
        for route in router.routes:
            path = str(getattr(route, "path", "")).replace("{code}", "TAILORING-L3")
            for name in ("{training_id}", "{person_id}"):
                path = path.replace(name, "00000000-0000-7000-8000-000000000000")
            for method in getattr(route, "methods", ()):
                yield method, path


OPERATIONS = sorted(_operations())
POSTS = [path for method, path in OPERATIONS if method == "POST"]


def test_every_route_of_the_brief_is_there() -> None:
    assert len(OPERATIONS) == 13


async def test_without_a_token_nobody_comes_in(api: Api) -> None:
    for method, path in OPERATIONS:
        answer = await api.nobody().request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), path


async def test_a_role_without_the_permission_is_refused(api: Api) -> None:
    for method, path in OPERATIONS:
        answer = await api.as_("data_protection_officer").request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path


@pytest.mark.parametrize("role", ["caseworker", "supervisor", "me_officer", "rcs_intake_officer", "administrator"])
async def test_only_instructors_write(api: Api, role: str) -> None:
    for path in POSTS:
        assert (await api.as_(role, facility="HUY", org="PFR").post(path, {})).status_code == 403, path


async def test_a_body_of_the_wrong_form_is_refused(huye: Workshop) -> None:
    for path in POSTS:
        assert (await huye.caller.post(path, {})).status_code == 422, path
        assert (await huye.caller.post(path, [1])).status_code == 422, path
        broken = await huye.caller.post(path, content=b"{", headers={"Content-Type": "application/json"})
        assert broken.status_code == 422, path
        text = await huye.caller.post(path, content=b"x", headers={"Content-Type": "text/plain"})
        assert text.status_code == 415, path


async def test_a_caseworker_sees_the_trainings_of_their_own_persons(
    intake: Intake, huye: Workshop, api: Api, deliveries: Deliveries
) -> None:
    person, other = await intake.admit(), await intake.admit()
    mine, hidden = await huye.open(person), await huye.open(other)
    await deliveries.send(
        agreement(person, "PFR"),
        WorkerAssigned(
            person_id=person,
            occurred_at=kigali_midnight(OPENED),
            recorded_by="acc-supervisor",
            case_id=new_id(),
            assignment_id=new_id(),
            worker_id="acc-worker",
            org="PFR",
            role="PRIMARY",
        ),
    )
    worker = api.as_("caseworker", sub="acc-worker", org="PFR")
    listed = (await worker.get("/v1/tvet/trainings")).json()["items"]
    assert [one["id"] for one in listed] == [mine]
    assert (await worker.get(f"/v1/tvet/trainings/{mine}")).status_code == 200
    assert (await worker.get(f"/v1/tvet/trainings/{hidden}")).status_code == 404
    elsewhere = api.as_("caseworker", sub="acc-other", org="PFR")
    assert (await elsewhere.get("/v1/tvet/trainings")).json()["items"] == []
    org = api.as_("supervisor", sub="acc-boss", org="PFR")
    assert [one["id"] for one in (await org.get("/v1/tvet/trainings")).json()["items"]] == [mine]


async def test_list_detail_and_person_agree_on_who_is_in_reach(intake: Intake, api: Api) -> None:
    facilities = ("HUY", "MUS", "RUB")
    shops = {code: Workshop(api.as_("tvet_instructor", facility=code), code) for code in facilities}
    held: dict[str, tuple[str, UUID]] = {}
    for code in facilities * 2:
        person = await intake.admit(code)
        held[await shops[code].open(person)] = (code, person)
    for mine, shop in shops.items():
        listed = {one["id"] for one in (await shop.caller.get("/v1/tvet/trainings")).json()["items"]}
        assert listed == {training for training, (code, _) in held.items() if code == mine}
        for training, (code, person) in held.items():
            expected = 200 if code == mine else 404
            for path in (f"trainings/{training}", f"persons/{person}/trainings"):
                assert (await shop.caller.get(f"/v1/tvet/{path}")).status_code == expected


async def _count(api: Api, table: str, role: str, **context: str) -> int:
    connection = await asyncpg.connect(api.database.app_dsn)
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('role', $1, true)", f"tvet_s_{role}")
            for name, value in context.items():
                await connection.execute("SELECT set_config($1, $2, true)", f"app.{name}", value)
            return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608 - a name of ours
    finally:
        await connection.close()


async def _filled(intake: Intake, huye: Workshop) -> None:
    """A row in every table: an award, and a training resumed after a release with a statement."""
    person = await intake.admit()
    training = await huye.open(person)
    await huye.complete(training)
    await huye.award(training)
    other = await intake.admit()
    short = await huye.open(other, "TAILORING-L3")
    await huye.assess(short, "GEN-COMM")
    await huye.caller.post(f"/v1/tvet/trainings/{short}/statements", {"issued_on": "2026-02-02"})
    await huye.caller.post(f"/v1/tvet/trainings/{short}/changes", {"action": "WITHDRAW", "changed_on": "2026-02-02"})
    await huye.open(other, "TAILORING-L3", opened_on="2026-03-02")


async def test_row_level_security_is_the_net_under_every_table(intake: Intake, huye: Workshop, api: Api) -> None:
    await _filled(intake, huye)
    for table in TABLES:
        rows = await api.database.value(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name of ours
        assert rows > 0, table
        assert await _count(api, table, "facility", facilities="HUY") == rows, table
        assert await _count(api, table, "facility", facilities="MUS") == 0, table
        assert await _count(api, table, "facility") == 0, table
        assert await _count(api, table, "caseload", sub="acc-worker") == 0, table
        assert await _count(api, table, "org", org="PFR") == 0, table
        assert await _count(api, table, "national") == rows, table


@pytest.mark.parametrize("role", ["none", "oversight", "partner"])
async def test_scopes_without_business_here_read_no_table(api: Api, role: str) -> None:
    for table in TABLES:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _count(api, table, role)


async def test_history_is_only_added_to(intake: Intake, huye: Workshop, api: Api) -> None:
    await _filled(intake, huye)
    connection = await asyncpg.connect(api.database.app_dsn)
    try:
        for table in ("training_change", "award", "attainment_statement", "training_credit"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute("SELECT set_config('role', 'tvet_s_facility', true)")
                    await connection.execute("SELECT set_config('app.facilities', 'HUY', true)")
                    await connection.execute(f"UPDATE {table} SET person_id = person_id")  # noqa: S608 - ours
    finally:
        await connection.close()


def _walk(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner)


async def test_no_name_is_kept_or_shown(intake: Intake, huye: Workshop, api: Api) -> None:
    await _filled(intake, huye)
    columns = await api.database.rows(
        "SELECT column_name FROM information_schema.columns WHERE table_name = ANY($1::text[])", TABLES
    )
    shown = (await huye.caller.get("/v1/tvet/trainings")).json()
    words = {row["column_name"] for row in columns} | set(_walk(shown))
    assert not {word for word in words if "name" in word or "phone" in word or "national" in word}
