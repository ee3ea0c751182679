"""Lists, pages, filters, the worklist and closure's readiness."""

from datetime import timedelta

from reintegration_scene import DUTY, GOOD, SOON, TODAY, Intake, Office

BASE = "/v1/reintegration"


async def test_cases_come_in_pages_in_the_asked_order(intake: Intake, office: Office) -> None:
    for days in (30, 10, 20):
        await intake.prospect(SOON + timedelta(days=days))
    seen: list[str] = []
    cursor = None
    while True:
        query = {"sort": "expected_release_on", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await office.supervisor.get(f"{BASE}/cases", params=query)).json()
        seen += [case["expected_release_on"] for case in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [str(SOON + timedelta(days=days)) for days in (10, 20, 30)]


async def test_cases_are_narrowed_by_state_district_worker_and_due_day(intake: Intake, office: Office) -> None:
    await intake.prospect(SOON)
    released = await intake.free(TODAY - timedelta(days=1))

    async def people(**query: object) -> list[str]:
        answer = await office.supervisor.get(f"{BASE}/cases", params=query)
        assert answer.status_code == 200, answer.text
        return [case["person_id"] for case in answer.json()["items"]]

    assert await people(state="FOLLOW_UP") == [str(released)]
    assert len(await people(district="24")) == 2
    assert await people(district="11") == []
    assert len(await people(worker=DUTY.worker_id)) == 2
    assert len(await people(due_within=3)) == 2
    await office.take_over(released)
    assert await people(worker=office.worker_id) == [str(released)]


async def test_a_made_up_cursor_and_unknown_filters_are_refused(office: Office) -> None:
    for query in ({"cursor": "rubbish"}, {"cursor": "WyJhIiwiYiJd"}, {"sort": "name"}, {"state": "LOST"}):
        answer = await office.supervisor.get(f"{BASE}/cases", params=query)
        assert answer.status_code == 422, query


async def test_the_worklist_shows_the_week(intake: Intake, office: Office) -> None:
    person = await intake.free(TODAY - timedelta(days=8))
    await office.take_over(person)
    case = (await office.case_of(person))["id"]
    await office.post(office.worker, f"cases/{case}/flags", {"level": "AMBER"})
    week = (await office.worker.get(f"{BASE}/worklist")).json()
    assert [item["code"] for item in week["due"]] == ["D14"]
    assert [item["code"] for item in week["overdue"]] == ["D3"]
    assert [flag["level"] for flag in week["flags"]] == ["AMBER"]
    assert week["truncated"] is False
    nobody = (await office.supervisor.get(f"{BASE}/worklist", params={"worker": "acc-anna"})).json()
    assert nobody["due"] == nobody["overdue"] == nobody["flags"] == []


async def test_readiness_says_what_stands_against_closing(intake: Intake, office: Office) -> None:
    person = await intake.free(TODAY - timedelta(days=400))
    await office.take_over(person)
    case = (await office.case_of(person))["id"]
    for days in (180, 364):
        visit = {"kind": "HOME", "held_on": str(TODAY - timedelta(days=400 - days)), "scores": {**GOOD, "D6": 1}}
        await office.post(office.worker, f"cases/{case}/visits", visit)
    found = (await office.worker.get(f"{BASE}/cases/{case}/closure-readiness")).json()
    met = {one["code"]: one["met"] for one in found["criteria"]}
    assert met == {"TIME": True, "REVIEWS": False, "FLAGS": True, "GOALS": False, "LOST_CONTACT": False}
    assert "D6" in next(one for one in found["criteria"] if one["code"] == "REVIEWS")["reasons"][0]


async def test_the_one_who_asks_does_not_approve_and_a_refusal_keeps_the_case(intake: Intake, office: Office) -> None:
    person = await intake.free(TODAY - timedelta(days=30))
    case = (await office.case_of(person))["id"]
    asked = await office.post(office.supervisor, f"cases/{case}/closures", {"closure_code": "DECLINED"})
    twice = await office.post(office.supervisor, f"cases/{case}/closures", {"closure_code": "MOVED"}, 409)
    assert twice["code"] == "closure-pending"
    path = f"closures/{asked['id']}/approval"
    assert (await office.post(office.supervisor, path, {}, 403))["code"] == "own-request"
    assert (await office.post(office.second, path, {"decision": "REFUSE"}))["state"] == "REFUSED"
    assert (await office.case_of(person))["state"] == "FOLLOW_UP"
    assert (await office.post(office.second, path, {}, 409))["code"] == "closure-settled"
    by_event = await office.post(office.supervisor, f"cases/{case}/closures", {"closure_code": "DECEASED"}, 409)
    assert by_event["code"] == "closure-by-event"


async def test_every_episode_of_a_person_is_listed(intake: Intake, office: Office) -> None:
    person = await intake.free(TODAY - timedelta(days=300))
    await intake.deliveries.send(intake.admitted(person, TODAY - timedelta(days=9), again=True))
    await intake.deliveries.send(intake.dates(person, SOON))
    rows = (await office.supervisor.get(f"{BASE}/persons/{person}/cases")).json()["items"]
    assert [row["state"] for row in rows] == ["PRE_RELEASE", "CLOSED"]
    assert rows[0]["previous_case_id"] == rows[1]["id"]
