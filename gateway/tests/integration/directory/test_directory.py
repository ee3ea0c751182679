"""Finding persons and counting them."""

from datetime import timedelta
from uuid import UUID

from gateway_scene import AT, Person, SmallService
from inzira_contracts.reintegration import DueChanged, FlagRaised, LostContact
from inzira_gateway.clients.intake import IntakeClient
from inzira_gateway.clients.upstream import Upstream
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.consents import agreement
from inzira_platform.testing.deliveries import Deliveries


async def listed(caller: Caller, query: str = "") -> list[UUID]:
    answer = await caller.get(f"/v1/persons{query}")
    assert answer.status_code == 200, answer.text
    return [UUID(item["person_id"]) for item in answer.json()["items"]]


async def admitted(deliveries: Deliveries, release: str | None = None, facility: str = "HUY") -> Person:
    person = Person(new_id(), facility)
    await deliveries.send(person.admitted())
    if release:
        await deliveries.send(person.dated(release))
    return person


async def test_list_narrows_by_stage_facility_district_and_what_is_due(api: Api, deliveries: Deliveries) -> None:
    soon = await admitted(deliveries, "2026-12-01")
    late = await admitted(deliveries, "2030-01-01")
    gone = await admitted(deliveries)
    await deliveries.send(gone.released())
    elsewhere = await admitted(deliveries, "2026-12-02", facility="MUS")
    caller = api.as_("rcs_intake_officer", facility="HUY")
    assert await listed(caller) == [soon.id, late.id, gone.id]
    assert await listed(caller, "?due_within=30") == [soon.id]
    assert await listed(caller, "?stage=RELEASED&stage=CLOSED") == [gone.id]
    assert await listed(caller, "?district=24&facility=HUY&stage=ADMITTED") == [soon.id, late.id]
    assert await listed(caller, "?facility=MUS") == []
    assert await listed(api.as_("rcs_intake_officer", facility="MUS")) == [elsewhere.id]


async def test_overdue_is_due(api: Api, deliveries: Deliveries) -> None:
    overdue = await admitted(deliveries, "2026-01-01")
    assert await listed(api.as_("rcs_intake_officer", facility="HUY"), "?due_within=0") == [overdue.id]


async def test_every_order_pages_without_gap_or_repetition(api: Api, deliveries: Deliveries) -> None:
    people = [await admitted(deliveries, f"2027-0{month}-01") for month in (3, 1, 2)]
    people += [await admitted(deliveries), await admitted(deliveries)]
    caller = api.as_("rcs_intake_officer", facility="HUY")
    for sort in ("next_due_on", "expected_release_on", "released_on", "-released_on", "-updated_at"):
        seen: list[UUID] = []
        cursor: str | None = ""
        while cursor is not None:
            page = (await caller.get(f"/v1/persons?sort={sort}&limit=2{cursor and f'&cursor={cursor}'}")).json()
            seen += [UUID(item["person_id"]) for item in page["items"]]
            cursor = page["next_cursor"]
        assert sorted(seen) == sorted(person.id for person in people), sort
        assert seen == await listed(caller, f"?sort={sort}")


async def test_search_by_name_asks_intake_and_joins_names(
    api: Api, deliveries: Deliveries, upstream: SmallService
) -> None:
    one, other = await admitted(deliveries), await admitted(deliveries)
    upstream.names |= {one.id: "Ineza Invented", other.id: "Shema Invented"}
    answer = (await api.as_("rcs_intake_officer", facility="HUY").get("/v1/persons?q=ineza")).json()
    assert [(item["person_id"], item["name"]["full_name"]) for item in answer["items"]] == [
        (str(one.id), "Ineza Invented")
    ]


async def test_search_never_shows_whom_the_reach_excludes(
    api: Api, deliveries: Deliveries, upstream: SmallService
) -> None:
    hidden = await admitted(deliveries, facility="MUS")
    upstream.names[hidden.id] = "Ineza Invented"
    assert await listed(api.as_("rcs_intake_officer", facility="HUY"), "?q=ineza") == []


async def test_search_without_intake_says_that_it_could_not(api: Api, deliveries: Deliveries) -> None:
    await admitted(deliveries)
    api.app.state.intake = IntakeClient(Upstream("intake", "http://127.0.0.1:1", 2), lambda _: "token")
    caller = api.as_("rcs_intake_officer", facility="HUY")
    answer = (await caller.get("/v1/persons?q=ineza")).json()
    assert answer["items"] == [] and {"section": "search", "reason": "not-answering"} in answer["unavailable"]
    plain = (await caller.get("/v1/persons")).json()
    assert len(plain["items"]) == 1 and {"section": "names", "reason": "not-answering"} in plain["unavailable"]


async def test_lists_leave_one_record_with_every_person_shown(api: Api, deliveries: Deliveries) -> None:
    people = [await admitted(deliveries) for _ in range(3)]
    await listed(api.as_("rcs_intake_officer", facility="HUY"))
    rows = await api.database.rows("SELECT person_id FROM access_subject")
    assert {row["person_id"] for row in rows} == {person.id for person in people}
    assert await api.database.value("SELECT count(*) FROM access_entry") == 1


async def test_bad_queries_are_422(api: Api) -> None:
    caller = api.as_("rcs_intake_officer", facility="HUY")
    bad = ("?stage=NOWHERE", "?due_within=-1", "?sort=name", "?q=a", "?limit=1000", "?facility=a%20b", "?cursor=x")
    for query in bad:
        assert (await caller.get(f"/v1/persons{query}")).status_code == 422, query


async def test_stages_are_counted_by_facility_within_reach(api: Api, deliveries: Deliveries) -> None:
    for _ in range(2):
        await admitted(deliveries)
    enrolled = await admitted(deliveries)
    await deliveries.send(enrolled.enrolled())
    await admitted(deliveries, facility="MUS")
    mine = (await api.as_("rcs_intake_officer", facility="HUY").get("/v1/facilities/stages")).json()
    assert mine["facilities"] == [{"facility": "HUY", "total": 3, "stages": {"ADMITTED": 2, "IN_CURRICULUM": 1}}]
    national = (await api.as_("me_officer").get("/v1/facilities/stages")).json()
    assert [item["facility"] for item in national["facilities"]] == ["HUY", "MUS"]
    assert national["total"] == 4 and national["stages"] == {"ADMITTED": 3, "IN_CURRICULUM": 1}
    assert await api.database.value("SELECT count(*) FROM access_entry") == 0
    assert (await api.as_("administrator").get("/v1/facilities/stages")).status_code == 403


async def test_a_facility_is_told_that_somebody_is_followed_and_not_how(api: Api, deliveries: Deliveries) -> None:
    """Reintegration keeps visits, flags and lost contact from a facility; so do list, count and journey."""
    person, case = await admitted(deliveries, "2026-08-29"), new_id()
    told = {"person_id": person.id, "occurred_at": AT + timedelta(days=200), "recorded_by": "acc-1", "case_id": case}
    await deliveries.send(
        agreement(person.id, "PFR"),
        person.case_opened(case), person.assigned(case, "acc-1"), person.released(), person.handed_over(case, "acc-1"),
        DueChanged.model_validate({**told, "next_due_on": "2026-09-01"}),
        FlagRaised.model_validate({**told, "flag_id": new_id(), "level": "RED"}),
        LostContact.model_validate(told),
    )  # fmt: skip
    officer, worker = api.as_("rcs_psychosocial_officer", facility="HUY"), api.as_("caseworker", sub="acc-1", org="PFR")
    assert await listed(worker, "?stage=LOST_CONTACT") == await listed(worker, "?due_within=0") == [person.id]
    assert await listed(officer, "?stage=LOST_CONTACT") == await listed(officer, "?due_within=3650") == []
    assert await listed(officer, "?stage=FOLLOW_UP") == [person.id]
    journeys = [(await who.get(f"/v1/persons/{person.id}/journey")).json() for who in (officer, worker)]
    assert [found["person"]["stage"] for found in journeys] == ["FOLLOW_UP", "LOST_CONTACT"]
    assert [found["person"]["next_due_on"] for found in journeys] == [None, "2026-09-01"]
    kinds = [{item["summary_code"] for item in found["items"]} for found in journeys]
    assert kinds[1] - kinds[0] == {"reintegration.flag.raised:RED", "reintegration.contact.lost"}
    counts = [(await who.get("/v1/facilities/stages")).json()["stages"] for who in (officer, api.as_("me_officer"))]
    assert counts == [{"FOLLOW_UP": 1}, {"LOST_CONTACT": 1}]
