"""What a partner is shown: its rows, its view, its purpose, the person's consent, and otherwise nobody."""

from datetime import timedelta
from typing import Any

import pytest
from gateway_scene import Person, problem_of
from inzira_gateway.grant.catalogue import Catalogue
from inzira_gateway.grant.domain import View
from inzira_platform.clock import FixedClock
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import FOR_RETURN, administrator, consent, fresh, granted, registered, withdrawal

LIST = "/v1/partner/persons"


async def listed(caller: Caller, query: str = "") -> list[dict[str, Any]]:
    answer = await caller.get(f"{LIST}{query}", headers=FOR_RETURN)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_partner_sees_its_rows_in_its_view_and_it_is_on_record(
    api: Api, door: Api, deliveries: Deliveries
) -> None:
    partner = await registered(api, door)
    await granted(api, partner)
    await fresh(api)
    mine, silent, elsewhere = (Person(new_id()) for _ in range(3))
    await deliveries.send(
        mine.admitted(), mine.enrolled(), mine.certified(), mine.released(), silent.admitted(),
        elsewhere.admitted(return_district="11"), consent(mine.id), consent(elsewhere.id),
        consent(silent.id, purpose="research"), consent(silent.id, recipient="NGO-2"),
    )  # fmt: skip
    caller = await partner.sign_in()
    [shown] = await listed(caller)
    assert shown == {
        "id": shown["id"], "view": "return-support.v1", "stage": "RELEASED", "return_district": "24",
        "released_on": "2026-08-29", "training_milestones": [],
        "curriculum_milestones": [
            {"milestone": "ENROLLED", "code": "RCS-CORE-8", "on": "2026-03-12"},
            {"milestone": "CERTIFIED", "code": "RCS-CORE-8", "on": "2026-08-19"},
        ],
    }  # fmt: skip
    assert shown["id"].startswith("p_") and str(mine.id) not in str(shown)
    read = await caller.get(f"{LIST}/{shown['id']}", headers=FOR_RETURN)
    assert read.json() == shown
    entries = await api.database.rows("SELECT operation, view, actor, agency, purpose FROM access_entry ORDER BY id")
    assert [tuple(entry.values()) for entry in entries] == [
        ("partner.persons.list", "return-support.v1", "ngo-one", "NGO-1", "reintegration_support"),
        ("partner.person.read", "return-support.v1", "ngo-one", "NGO-1", "reintegration_support"),
    ]
    people = await api.database.rows("SELECT DISTINCT person_id FROM access_subject")
    assert [row["person_id"] for row in people] == [mine.id]


async def test_whoever_is_out_of_reach_is_byte_for_byte_nobody(
    api: Api, door: Api, deliveries: Deliveries, clock: FixedClock
) -> None:
    partner, other = await registered(api, door), await registered(api, door, "ngo-two", agency="NGO-2")
    await granted(api, partner)
    await granted(api, other)
    await fresh(api)
    person = Person(new_id())
    given = consent(person.id)
    await deliveries.send(person.admitted(), given, consent(person.id, recipient="NGO-2"))
    caller, stranger = await partner.sign_in(), await other.sign_in()
    [mine], [theirs] = await listed(caller), await listed(stranger)
    assert mine["id"] != theirs["id"], "two partners cannot join their files"
    nobody = await caller.get(f"{LIST}/p_{'A' * 24}", headers=FOR_RETURN)

    async def same(pid: str) -> bool:
        answer = await caller.get(f"{LIST}/{pid}", headers=FOR_RETURN)
        blank = str(new_id()).encode()
        told = [one.content.replace(one.json()["request_id"].encode(), blank) for one in (answer, nobody)]
        return answer.status_code == 404 and told[0] == told[1]

    assert await same(theirs["id"])
    assert await same(str(person.id))
    assert (await caller.get(f"{LIST}/{mine['id']}", headers=FOR_RETURN)).status_code == 200
    await deliveries.send(withdrawal(given))
    assert await same(mine["id"])
    assert await listed(caller) == []
    again = consent(person.id, valid_to=api.clock.now() + timedelta(seconds=30))
    await deliveries.send(again)
    assert (await caller.get(f"{LIST}/{mine['id']}", headers=FOR_RETURN)).status_code == 200
    clock.set(clock.now() + timedelta(seconds=31))
    assert await same(mine["id"]), "a consent ends by the clock, not by a job"
    refused = await api.database.rows("SELECT DISTINCT reason FROM partner_record WHERE outcome = 'REFUSED'")
    assert [row["reason"] for row in refused] == ["not-found"]


async def test_the_rows_decide_and_a_filter_of_nothing_lets_nobody_through(
    api: Api, door: Api, deliveries: Deliveries
) -> None:
    partner = await registered(api, door)
    await granted(api, partner, row_filter={})
    await granted(api, partner, row_filter={"districts": []})
    await granted(api, partner, row_filter={"districts": ["24"], "facilities": ["NYA"]})
    await fresh(api)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    caller = await partner.sign_in()
    assert await listed(caller) == []
    await granted(api, partner, row_filter={"districts": ["24"], "facilities": ["HUY"]})
    assert len(await listed(caller)) == 1
    moved = Person(person.id, "NYA").admitted(admission_kind="READMISSION", facility="RUB")
    await deliveries.send(moved)
    assert await listed(caller) == []


async def test_consent_covers_classes_and_a_law_needs_none(api: Api, door: Api, deliveries: Deliveries) -> None:
    partner = await registered(api, door)
    await granted(api, partner)
    await fresh(api)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id, ("REINTEGRATION",)))
    caller = await partner.sign_in()
    [shown] = await listed(caller)
    assert shown.keys() == {"id", "view", "return_district"}
    assert await listed(caller, "?stage=ADMITTED") == [], "nobody is found by what they did not agree to share"
    by_law = await granted(
        api, partner, view="presence", purposes=["custody_management"], basis="LEGAL_DUTY", basis_code="LAW-58",
        row_filter={"facilities": ["HUY"]},
    )  # fmt: skip
    answer = await caller.get(LIST, headers={"X-Purpose": "custody_management"})
    assert answer.json()["items"] == [
        {"id": shown["id"], "view": "presence.v1", "custody_state": "IN_FACILITY", "facility": "HUY"}
    ]
    # one approved before this was looked at: the law opens custody, and the rows are chosen by something else
    beyond = """UPDATE partner_grant SET row_filter = '{"districts": ["24"]}' WHERE id = $1"""
    await api.database.execute(beyond, by_law)
    answer = await caller.get(LIST, headers={"X-Purpose": "custody_management"})
    assert answer.json() == {"items": [], "next_cursor": None}


async def test_rows_choose_nobody_by_a_field_their_consent_leaves_out(
    api: Api, door: Api, deliveries: Deliveries
) -> None:
    """A district whose returning persons are listed is a district told, whether the view shows it or not."""
    partner = await registered(api, door)
    await granted(api, partner)
    await fresh(api)
    person = Person(new_id())
    held, both = consent(person.id, ("CUSTODY",)), consent(person.id, ("REINTEGRATION",))
    await deliveries.send(person.admitted(), person.enrolled(), person.released(), held)
    caller = await partner.sign_in()
    assert await listed(caller) == []
    await deliveries.send(both)
    [shown] = await listed(caller)
    assert shown.keys() == {"id", "view", "return_district", "released_on"}, "two consents cover together"
    pid = shown["id"]
    await deliveries.send(withdrawal(both))
    assert await listed(caller) == []
    assert (await caller.get(f"{LIST}/{pid}", headers=FOR_RETURN)).status_code == 404


async def refusals(api: Api) -> list[str]:
    rows = await api.database.rows("SELECT reason FROM partner_record WHERE outcome = 'REFUSED' ORDER BY id")
    return [row["reason"] for row in rows]


@pytest.mark.parametrize(
    ("purpose", "query", "code"),
    [
        (None, "", "purpose-missing"),
        ("curiosity", "", "purpose-missing"),
        ("research", "", "not-granted"),
        ("reintegration_support", "?prison=HUY", "parameter-unknown"),
        ("reintegration_support", "?limit=2&limit=3", "parameter-repeated"),
        ("reintegration_support", "?facility=HUY", "filter-unknown"),
        ("reintegration_support", "?stage=HAPPY", "filter-unknown"),
        ("reintegration_support", "?cursor=abc", "cursor-invalid"),
        ("reintegration_support", "?cursor=%FF.AA", "cursor-invalid"),
        ("reintegration_support", "?limit=1000", "invalid-fields"),
    ],
)
async def test_a_bad_question_is_refused_as_a_problem(
    api: Api, door: Api, purpose: str | None, query: str, code: str
) -> None:
    partner = await registered(api, door)
    await granted(api, partner)
    await fresh(api)
    caller = await partner.sign_in()
    answer = await caller.get(f"{LIST}{query}", headers={"X-Purpose": purpose} if purpose else {})
    assert problem_of(answer)["code"] == code
    assert "HUY" not in answer.text and "HAPPY" not in answer.text
    assert await refusals(api) == [code]


async def test_other_addresses_are_refused_at_the_door_and_on_record(api: Api, door: Api) -> None:
    partner = await registered(api, door)
    await granted(api, partner)
    caller = await partner.sign_in()
    for method, path in (("GET", "/v1/me"), ("POST", "/v1/admin/grants"), ("GET", f"/v1/persons/{new_id()}/journey")):
        answer = await caller.request(method, path, headers=FOR_RETURN, content=b"{")
        assert problem_of(answer)["code"] == "forbidden"
    rows = await api.database.rows("SELECT action, reason FROM partner_record WHERE outcome = 'REFUSED' ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [
        ("GET /v1/me", "forbidden"), ("POST /v1/admin/grants", "forbidden"),
        ("GET /v1/persons/{person_id}/journey", "forbidden"),
    ]  # fmt: skip


async def test_pages_hold_everybody_once_and_a_cursor_is_its_partners_own(
    api: Api, door: Api, deliveries: Deliveries
) -> None:
    partner, other = await registered(api, door), await registered(api, door, "ngo-two")
    await granted(api, partner)
    await granted(api, other)
    await fresh(api)
    people = [Person(new_id()) for _ in range(5)]
    for person in people:
        await deliveries.send(person.admitted(), consent(person.id))
    caller, seen, cursor = await partner.sign_in(), list[str](), ""
    while True:
        page = (await caller.get(f"{LIST}?limit=2{cursor}", headers=FOR_RETURN)).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen)
    stolen = await (await other.sign_in()).get(f"{LIST}?limit=2{cursor}", headers=FOR_RETURN)
    assert problem_of(stolen)["code"] == "cursor-invalid"


@pytest.mark.parametrize("deed", ["grant-suspended", "dates-over", "stale", "view-broken"])
async def test_what_ends_a_grant_ends_it_for_tokens_in_flight(
    api: Api, door: Api, deliveries: Deliveries, deed: str
) -> None:
    partner = await registered(api, door)
    grant = await granted(api, partner, valid_to="2026-11-23")
    await fresh(api)
    person = Person(new_id())
    await deliveries.send(person.admitted(), consent(person.id))
    caller = await partner.sign_in()
    [shown] = await listed(caller)
    codes = {
        "grant-suspended": "not-granted", "dates-over": "not-granted", "stale": "replica-stale",
        "view-broken": "view-invalid",
    }  # fmt: skip
    match deed:
        case "grant-suspended":
            await administrator(api).post(f"/v1/admin/grants/{grant}/suspension")
        case "dates-over":
            await api.database.execute("UPDATE partner_grant SET valid_to = '2026-11-22'")
        case "stale":
            await api.database.execute("UPDATE source_seen SET fresh_at = fresh_at - interval '61 seconds'")
        case _:
            door.app.state.catalogue = Catalogue([View("return-support", 1, ("stage", "shoe_size"))])
    for path in (LIST, f"{LIST}/{shown['id']}", f"{LIST}/p_{'A' * 24}"):
        answer = await caller.get(path, headers=FOR_RETURN)
        assert problem_of(answer)["code"] == codes[deed]
        assert "stage" not in answer.text


async def test_the_partners_database_role_is_a_net_under_the_queries(
    api: Api, door: Api, deliveries: Deliveries
) -> None:
    partner, other = await registered(api, door), await registered(api, door, "ngo-two")
    await granted(api, partner)
    await granted(api, other, approved=False)
    inside, outside = Person(new_id()), Person(new_id())
    await deliveries.send(inside.admitted(), outside.admitted(return_district="11"))

    assert await api.database.value("SELECT count(*) FROM person_head") == 2
    async with door.app.state.engine.connect() as connection:
        for client, wanted in (("ngo-one", [inside.id]), ("ngo-two", []), ("nobody", [])):
            await connection.exec_driver_sql(
                f"SELECT set_config('role', 'gateway_s_partner', true), set_config('app.sub', '{client}', true)"
            )
            for table in ("person_head", "journey_entry"):
                rows = await connection.exec_driver_sql(f"SELECT person_id FROM {table}")  # noqa: S608 - two names of this test
                assert [row[0] for row in rows] == wanted
