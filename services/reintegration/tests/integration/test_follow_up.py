"""Schedule, completions, visits and plans over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from inzira_contracts.codes import Supervision
from reintegration_scene import GOOD, SOON, TODAY, Intake, Office

BASE = "/v1/reintegration"
RELEASED = TODAY - timedelta(days=100)


def day(after: int) -> str:
    return str(RELEASED + timedelta(days=after))


@pytest.fixture
async def person(intake: Intake, office: Office) -> UUID:
    """A parolee released 100 days ago, with the community worker."""
    found = await intake.free(RELEASED, Supervision.PAROLE)
    await office.take_over(found)
    return found


@pytest.fixture
async def visits(office: Office, person: UUID) -> str:
    """Where visits of that person are recorded."""
    return f"cases/{(await office.case_of(person))['id']}/visits"


async def test_a_visit_told_late_is_in_time_when_it_was_held_in_time(office: Office, person: UUID, visits: str) -> None:
    answer = await office.post(office.worker, visits, {"kind": "HOME", "held_on": day(15)})
    assert (answer["due_code"], answer["in_time"]) == ("D14", True)
    items = await office.items(person)
    assert items["D14"]["state"] == "DONE"
    assert "D3" not in items
    assert (await office.items(person, "CANCELLED"))["D3"]["cancelled_cause"] == "OVERTAKEN"
    earlier = await office.post(office.worker, visits, {"kind": "PHONE", "held_on": day(3)})
    assert (earlier["due_code"], earlier["in_time"]) == ("D3", True)


async def test_a_late_visit_satisfies_the_missed_item(office: Office, visits: str) -> None:
    answer = await office.post(office.worker, visits, {"kind": "HOME", "held_on": day(45)})
    assert (answer["due_code"], answer["in_time"]) == ("D30", False)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "HOME", "held_on": str(TODAY + timedelta(days=1))}, 422, "date-in-future"),
        ({"kind": "HOME", "held_on": str(RELEASED - timedelta(days=1))}, 422, "date-too-early"),
        ({"kind": "PHONE", "held_on": day(14), "due_code": "D14"}, 409, "visit-kind-not-accepted"),
        ({"kind": "HOME", "held_on": day(14), "due_code": "D99"}, 404, "due-item-not-found"),
        ({"kind": "HOME", "held_on": day(90), "due_code": "D90"}, 422, "scores-incomplete"),
    ],
)
async def test_visits_that_cannot_be_are_refused(
    office: Office, visits: str, body: dict[str, Any], status: int, code: str
) -> None:
    assert (await office.post(office.worker, visits, body, status))["code"] == code


async def test_an_item_is_done_once(office: Office, visits: str) -> None:
    body = {"kind": "HOME", "held_on": day(14), "due_code": "D14"}
    await office.post(office.worker, visits, body)
    assert (await office.post(office.worker, visits, body, 409))["code"] == "due-item-settled"


async def test_last_times_scores_are_read_back(office: Office, visits: str) -> None:
    await office.post(office.worker, visits, {"kind": "HOME", "held_on": day(90), "scores": GOOD})
    rows = (await office.worker.get(f"{BASE}/{visits}")).json()["items"]
    assert (rows[0]["scores"], rows[0]["is_review"], rows[0]["due_code"]) == (GOOD, True, "D90")


async def test_no_visit_before_release(intake: Intake, office: Office) -> None:
    case = await office.case_of(await intake.prospect(SOON))
    body = {"kind": "HOME", "held_on": str(TODAY)}
    assert (await office.post(office.duty, f"cases/{case['id']}/visits", body, 409))["code"] == "person-not-released"
    review = {"kind": "REVIEW", "held_on": str(TODAY), "scores": GOOD}
    path = f"cases/{case['id']}/assessments"
    assert (await office.post(office.duty, path, review, 409))["code"] == "person-not-released"


async def test_duties_of_parole_are_completed_by_hand_and_visits_are_not(office: Office, person: UUID) -> None:
    items = await office.items(person)
    done = {"done_on": day(10), "outcome_code": "REPORTED"}
    answer = await office.post(office.worker, f"due-items/{items['L15']['id']}/completions", done)
    assert answer["state"] == "DONE"
    wrong = await office.post(
        office.worker, f"due-items/{items['LM1']['id']}/completions", {**done, "outcome_code": "WELCOMING"}, 422
    )
    assert wrong["code"] == "outcome-unknown"
    by_hand = await office.post(office.worker, f"due-items/{items['M6']['id']}/completions", done, 409)
    assert by_hand["code"] == "completed-by-other-act"


async def test_a_plan_has_versions_and_needs_the_current_etag(office: Office, person: UUID) -> None:
    case = await office.case_of(person)
    goals = [{"domain_code": "D4", "goal_code": "SAVINGS_GROUP", "owner": "PERSON", "due_on": "2027-01-01"}]
    path = f"{BASE}/cases/{case['id']}/plan"
    assert (await office.worker.put(path, {"goals": goals})).status_code == 428
    stale = await office.worker.put(path, {"goals": goals}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "case-changed")
    first = await office.plan(office.worker, case["id"], goals)
    second = await office.plan(office.worker, case["id"], goals, signed_on=day(95))
    assert (first.json()["plan_version"], second.json()["plan_version"]) == (1, 2)
    assert second.headers["ETag"] == f'"{second.json()["version"]}"'
    read = (await office.worker.get(path)).json()
    assert (read["plan_version"], read["signed_on"], len(read["goals"])) == (2, day(95), 1)
    empty = await office.plan(office.worker, case["id"], [], signed_on=day(95))
    assert (empty.status_code, empty.json()["code"]) == (409, "plan-without-goals")
    bad = await office.plan(office.worker, case["id"], [{**goals[0], "owner": "NEIGHBOUR"}])
    assert bad.status_code == 422


async def test_a_higher_tier_moves_the_schedule(office: Office, person: UUID) -> None:
    case = await office.case_of(person)
    assert (await office.plan(office.worker, case["id"], [], tier="HIGH")).status_code == 200
    items = await office.items(person)
    assert {"W1", "W8", "M12"} <= set(items)
    assert "D60" not in items
    event = (await office.api.database.events())[-1]
    assert (type(event).__name__, getattr(event, "cause", None)) == ("ScheduleComputed", "TIER_CHANGED")


async def test_an_assessment_needs_all_twelve_domains(intake: Intake, office: Office) -> None:
    case = await office.case_of(await intake.prospect(SOON))
    path = f"cases/{case['id']}/assessments"
    body = {"kind": "PRE_RELEASE", "held_on": str(TODAY), "scores": {"D1": 2}}
    assert (await office.post(office.officer, path, body, 422))["code"] == "scores-incomplete"
    await office.post(office.officer, path, {**body, "scores": GOOD})
    assert (await office.items(case["person_id"]))["R2"]["state"] == "DONE"
