"""One person released fourteen months ago, driven through the whole follow-up to closure today."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from inzira_contracts import reintegration as told
from inzira_platform.testing.database import ServiceDatabase
from reintegration_scene import DUTY, GOOD, ORG, TODAY, Intake, Office

RELEASED = date(2025, 9, 20)
GOALS = [{"domain_code": "D4", "goal_code": "KIT_IN_USE", "owner": "PERSON", "due_on": "2026-06-30"}]


def after(days: int) -> str:
    return str(RELEASED + timedelta(days=days))


async def prepare(office: Office, case_id: object) -> None:
    """Worker, assessment, family, checklist and plan, before release."""
    base = f"cases/{case_id}"
    await office.post(office.supervisor, f"{base}/assignments", {"worker_id": "acc-anna", "started_on": "2024-10-01"})
    await office.post(
        office.officer, f"{base}/assignments", {"worker_id": "acc-officer", "role": "RCS", "started_on": "2024-10-01"}
    )
    anna = office.api.as_("caseworker", sub="acc-anna", org=ORG)
    assessment = {"kind": "PRE_RELEASE", "held_on": "2025-03-20", "scores": dict.fromkeys(GOOD, 1)}
    await office.post(office.officer, f"{base}/assessments", assessment)
    items = {i["code"]: i for i in (await anna.get(f"/v1/reintegration/{base}/schedule")).json()["items"]}
    ready = {"done_on": "2025-06-01", "outcome_code": "WELCOMING"}
    await office.post(anna, f"due-items/{items['R3']['id']}/completions", ready)
    answer = await office.plan(anna, case_id, GOALS, signed_on="2025-06-20", tier="STANDARD")
    assert answer.status_code == 200, answer.text
    five = ("IDENTITY_DOCUMENTS", "PLACE_TO_LIVE", "WORK_OR_INCOME", "CLOTHING", "TRANSPORT")
    checklist = {"done_on": "2025-09-19", "outcome_code": "COMPLETE", "checklist": dict.fromkeys(five, "YES")}
    await office.post(office.officer, f"due-items/{items['R7']['id']}/completions", checklist)
    done = await office.items((await office.case_of_id(case_id))["person_id"], "DONE")
    assert set(done) == {"R1", "R2", "R3", "R6", "R7"}


async def follow(office: Office, caller: Any, case_id: object) -> list[str]:  # noqa: ANN401 - a caller
    """Visits in their windows, told months later; what each satisfied."""
    found = []
    for kind, days, scores in (
        ("PHONE", 3, {}),
        ("HOME", 14, {"D1": 2, "D2": 3}),
        ("HOME", 31, {}),
        ("WORKPLACE", 62, {}),
        ("HOME", 90, GOOD),
        ("HOME", 181, GOOD),
        ("PHONE", 273, {}),
        ("HOME", 365, GOOD),
    ):
        visit = {"kind": kind, "held_on": after(days), "scores": scores}
        answer = await office.post(caller, f"cases/{case_id}/visits", visit)
        assert answer["in_time"] is True
        found.append(answer["due_code"])
    return found


async def test_the_whole_road(intake: Intake, office: Office, database: ServiceDatabase) -> None:
    person = await intake.prospect(RELEASED)
    case_id = (await office.case_of(person))["id"]
    await prepare(office, case_id)
    await intake.deliveries.send(intake.released(person, RELEASED))
    anna = office.api.as_("caseworker", sub="acc-anna", org=ORG)
    offer = {"to_worker": "acc-ben", "to_org": "PFR", "offered_on": after(0)}
    handover = await office.post(anna, f"cases/{case_id}/handovers", offer)
    ben = office.api.as_("caseworker", sub="acc-ben", org="PFR")
    assert (await ben.get(f"/v1/reintegration/cases/{case_id}")).status_code == 404
    accept = {"decision": "ACCEPT", "decided_on": after(1)}
    await office.post(ben, f"handovers/{handover['id']}/decisions", accept)
    assert (await anna.get(f"/v1/reintegration/cases/{case_id}")).status_code == 404
    assert await follow(office, ben, case_id) == ["D3", "D14", "D30", "D60", "D90", "M6", "M9", "M12"]
    await a_red_flag(office, ben, case_id)
    assert (await office.plan(ben, case_id, [{**GOALS[0], "state": "DONE"}])).status_code == 200
    supervisor = office.api.as_("supervisor", sub="acc-boss", org="PFR")
    closure = await office.post(ben, f"cases/{case_id}/closures", {"closure_code": "GOALS_MET"})
    await office.post(supervisor, f"closures/{closure['id']}/approval", {})
    closed = await office.case_of(person)
    assert (closed["state"], closed["closure_code"], closed["closed_on"]) == ("CLOSED", "GOALS_MET", TODAY)
    names = [type(event).__name__ for event in await database.events()]
    assert [name for name in names if name != "DueChanged"] == [
        *("CaseOpened", "WorkerAssigned", "ScheduleComputed", "WorkerAssigned", "WorkerAssigned"),
        *("AssessmentRecorded", "PlanAgreed", "ScheduleComputed", "HandoverOffered", "HandoverAccepted"),
        *["VisitRecorded"] * 8,
        *("FlagRaised", "FlagChanged", "FlagChanged", "FlagChanged", "CaseClosed"),
    ]
    due = [event.next_due_on for event in await database.events() if isinstance(event, told.DueChanged)]
    assert due[0] is not None
    assert due[-1] is None, "nothing is due on a closed case"
    assert all(one != other for one, other in pairwise(due)), "told only where it moved"
    await exactly_one_at_any_time(database)


async def a_red_flag(office: Office, caller: Any, case_id: object) -> None:  # noqa: ANN401 - a caller
    """Raised by the worker, acknowledged by the supervisor, acted on, resolved; closure is refused meanwhile."""
    flag = await office.post(caller, f"cases/{case_id}/flags", {"level": "RED", "domain_code": "D6"})
    refused = await office.post(caller, f"cases/{case_id}/closures", {"closure_code": "GOALS_MET"}, 409)
    assert refused["code"] == "closure-criteria-unmet"
    assert refused["unmet"] == "FLAGS,GOALS"
    path = f"flags/{flag['id']}/changes"
    await office.post(caller, path, {"to_state": "ACKNOWLEDGED"}, 403)
    supervisor = office.api.as_("supervisor", sub="acc-boss", org="PFR")
    await office.post(supervisor, path, {"to_state": "ACKNOWLEDGED"})
    await office.post(caller, path, {"to_state": "ACTION_TAKEN", "action_code": "CALL_114_HEALTH"})
    await office.post(caller, path, {"to_state": "RESOLVED", "outcome_code": "ARRIVED"})


async def exactly_one_at_any_time(database: ServiceDatabase) -> None:
    """The periods of the responsible workers follow one another without a gap."""
    rows = await database.rows(
        "SELECT worker_id, started_at, ended_at FROM worker_assignment WHERE role = 'PRIMARY' ORDER BY started_at"
    )
    assert [row["worker_id"] for row in rows] == [DUTY.worker_id, "acc-anna", "acc-ben"]
    for earlier, later in pairwise(rows):
        assert earlier["ended_at"] == later["started_at"]
    assert rows[-1]["ended_at"] is not None


async def test_a_closed_case_is_followed_by_a_new_episode_never_reopened(intake: Intake, office: Office) -> None:
    person = await intake.free(RELEASED)
    await office.take_over(person)
    case = await office.case_of(person)
    closure = await office.post(office.worker, f"cases/{case['id']}/closures", {"closure_code": "MOVED"})
    await office.post(office.supervisor, f"closures/{closure['id']}/approval", {"decision": "APPROVE"})
    again = await office.post(office.supervisor, f"cases/{case['id']}/reopenings", {})
    fresh = await office.case_of(person)
    assert (str(fresh["id"]), fresh["previous_case_id"], fresh["state"]) == (again["id"], case["id"], "FOLLOW_UP")
    assert fresh["worker_id"] == office.worker_id
    events = await office.api.database.events()
    assert isinstance(events[-3], told.CaseOpened)
    await office.post(office.supervisor, f"cases/{case['id']}/reopenings", {}, 409)
    assert (await office.worker.get(f"/v1/reintegration/cases/{fresh['id']}")).status_code == 200
