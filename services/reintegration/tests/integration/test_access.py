"""Every operation: nobody, the wrong role, somebody else's person, a bad body, a missing key, a retry."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from inzira_contracts.access import AccessRecorded
from inzira_platform.testing.client import Api, Caller
from reintegration_scene import GOOD, TODAY, Intake, Office

YESTERDAY = str(TODAY - timedelta(days=1))
RELEASED = TODAY - timedelta(days=100)
NOBODYS = "01a209e4-a742-77c1-b4ea-699326974b6c"
BASE = "/v1/reintegration"


@dataclass(frozen=True)
class Write:
    """One POST: its path, a body that is accepted, who may send it, and fields that must be refused."""

    path: str
    body: dict[str, Any]
    by: str
    wrong: dict[str, Any] = field(default_factory=lambda: {"unknown": 1})


WRITES = [
    Write("cases/{case}/assignments", {"worker_id": "acc-anna"}, "supervisor", {"worker_id": "no spaces"}),
    Write(
        "cases/{case}/assessments",
        {"kind": "REVIEW", "held_on": YESTERDAY, "scores": GOOD},
        "worker",
        {"scores": {"D1": 9}},
    ),
    Write("cases/{case}/handovers", {"to_worker": "acc-ben", "to_org": "PFR"}, "worker", {"to_org": "no spaces"}),
    Write("cases/{case}/visits", {"kind": "HOME", "held_on": YESTERDAY}, "worker", {"kind": "SEANCE"}),
    Write("cases/{case}/flags", {"level": "RED"}, "worker", {"level": "PURPLE"}),
    Write("cases/{case}/closures", {"closure_code": "MOVED"}, "worker", {"closure_code": "BORED"}),
    Write(
        "due-items/{legal}/completions",
        {"done_on": YESTERDAY, "outcome_code": "REPORTED"},
        "worker",
        {"done_on": "1066-10-14"},
    ),
    Write("flags/{flag}/changes", {"to_state": "ACKNOWLEDGED"}, "supervisor", {"to_state": "FORGOTTEN"}),
    Write("closures/{closure}/approval", {"decision": "REFUSE"}, "supervisor", {"decision": "MAYBE"}),
]
READS = [
    "cases/{case}",
    "cases/{case}/schedule",
    "cases/{case}/visits",
    "cases/{case}/plan",
    "cases/{case}/flags",
    "cases/{case}/closure-readiness",
    "persons/{person}/cases",
]
LISTS = ["cases", "worklist", "workers"]


@pytest.fixture
async def known(intake: Intake, office: Office) -> dict[str, str]:
    """A parolee released 100 days ago in the hands of the community worker, with a flag."""
    from inzira_contracts.codes import Supervision

    person = await intake.free(RELEASED, Supervision.PAROLE)
    await office.take_over(person)
    case = (await office.case_of(person))["id"]
    legal = (await office.items(person))["L15"]["id"]
    flag = await office.post(office.worker, f"cases/{case}/flags", {"level": "AMBER"})
    return {"person": str(person), "case": str(case), "legal": str(legal), "flag": flag["id"]}


async def with_closure(office: Office, known: dict[str, str], path: str) -> dict[str, str]:
    """A closure that waits, for the operations about one; YELLOW and AMBER flags aside."""
    if "{closure}" not in path and "closures" not in path:
        return known
    for change in (
        {"to_state": "ACKNOWLEDGED"},
        {"to_state": "ACTION_TAKEN", "action_code": "VISITED"},
        {"to_state": "RESOLVED"},
    ):
        await office.post(office.worker, f"flags/{known['flag']}/changes", change)
    if "{closure}" not in path:
        return known
    made = await office.post(office.worker, f"cases/{known['case']}/closures", {"closure_code": "MOVED"})
    return {**known, "closure": made["id"]}


def caller(office: Office, name: str) -> Caller:
    found: Caller = getattr(office, name)
    return found


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.path)
async def test_a_write_is_taken_once_and_replayed(office: Office, known: dict[str, str], write: Write) -> None:
    places = await with_closure(office, known, write.path)
    path = f"{BASE}/{write.path.format(**places)}"
    headers = {"Idempotency-Key": "the-same-key-again"}
    first = await caller(office, write.by).post(path, write.body, headers=headers)
    assert first.status_code == 201, first.text
    counted = len(await office.api.database.events())
    again = await caller(office, write.by).post(path, write.body, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(await office.api.database.events()) == counted


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.path)
async def test_a_write_is_refused_to_whoever_may_not(office: Office, known: dict[str, str], write: Write) -> None:
    places = await with_closure(office, known, write.path)
    path = f"{BASE}/{write.path.format(**places)}"
    assert (await office.api.nobody().post(path, write.body)).status_code == 401
    figures = office.api.as_("me_officer", sub="acc-figures")
    assert (await figures.post(path, write.body)).status_code == 403
    other = office.api.as_("supervisor", sub="acc-other", org="HAGURUKA")
    hidden = await other.post(path, write.body)
    assert hidden.status_code == 404
    absent = path
    for name in ("case", "legal", "flag", "closure"):
        absent = absent.replace(places.get(name, NOBODYS), NOBODYS)
    nowhere = await other.post(absent, write.body)
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, hidden.json()["code"])


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.path)
async def test_a_bad_body_is_refused_without_an_echo(office: Office, known: dict[str, str], write: Write) -> None:
    path = f"{BASE}/{write.path.format(**known, closure=NOBODYS)}"
    for wrong in (write.wrong, {"unknown_field": "x"}):
        answer = await caller(office, write.by).post(path, {**write.body, **wrong})
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert "no spaces" not in answer.text
    keyless = await caller(office, write.by).post(path, write.body, keyed=False)
    assert (keyless.status_code, keyless.json()["code"]) == (428, "idempotency-key-missing")


@pytest.mark.parametrize("path", READS)
async def test_a_read_is_for_those_who_carry_the_person(office: Office, known: dict[str, str], path: str) -> None:
    where = f"{BASE}/{path.format(**known)}"
    assert (await office.worker.get(where)).status_code == 200
    assert (await office.supervisor.get(where)).status_code == 200
    assert (await office.stranger.get(where)).status_code == 404
    assert (await office.api.nobody().get(where)).status_code == 401
    assert (await office.api.as_("me_officer").get(where)).status_code == 403
    assert (await office.api.as_("administrator").get(where)).status_code == 403
    records = [event for event in await office.api.database.events(access=True) if isinstance(event, AccessRecorded)]
    assert [record.actor for record in records] == [office.worker_id, "acc-supervisor"]
    assert all(str(record.person_ids[0]) == known["person"] for record in records)


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_holds_only_what_is_in_reach(office: Office, known: dict[str, str], path: str) -> None:
    where = f"{BASE}/{path}"
    assert known["person"] in (await office.worker.get(where)).text or path == "workers"
    stranger = await office.stranger.get(where)
    assert stranger.status_code == 200
    assert known["person"] not in stranger.text
    assert office.worker_id not in stranger.text
    assert (await office.api.nobody().get(where)).status_code == 401
    assert (await office.api.as_("me_officer").get(where)).status_code == 403


async def test_a_facility_sees_that_there_is_a_case_and_who_carries_it(
    office: Office, known: dict[str, str], api: Api
) -> None:
    shown = (await office.officer.get(f"{BASE}/cases/{known['case']}")).json()
    assert shown["worker_id"] == office.worker_id
    assert shown["tier"] is None
    schedule = (await office.officer.get(f"{BASE}/cases/{known['case']}/schedule")).json()
    assert {item["kind"] for item in schedule["items"]} == {"MILESTONE"}
    for path in ("visits", "plan", "flags", "closure-readiness"):
        assert (await office.officer.get(f"{BASE}/cases/{known['case']}/{path}")).status_code == 403
    assert (await office.officer.get(f"{BASE}/worklist")).json()["flags"] == []
    elsewhere = api.as_("rcs_psychosocial_officer", facility="MUS")
    assert (await elsewhere.get(f"{BASE}/cases/{known['case']}")).status_code == 404
    change = await office.officer.post(f"{BASE}/flags/{known['flag']}/changes", {"to_state": "ACKNOWLEDGED"})
    assert change.status_code == 403


async def test_a_facility_prepares_but_does_not_change_the_time_after_release(
    office: Office, known: dict[str, str]
) -> None:
    body = {"kind": "REVIEW", "held_on": YESTERDAY, "scores": GOOD}
    answer = await office.officer.post(f"{BASE}/cases/{known['case']}/assessments", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "follow-up-is-not-yours")


async def test_nobody_changes_a_closed_case(intake: Intake, office: Office, known: dict[str, str]) -> None:
    person = (await office.case_of_id(known["case"]))["person_id"]
    await intake.deliveries.send(intake.died(person, TODAY))
    for write in WRITES:
        if write.path.startswith("cases/"):
            by = office.supervisor if write.by == "worker" else caller(office, write.by)
            answer = await by.post(f"{BASE}/{write.path.format(**known)}", write.body)
            assert (answer.status_code, answer.json()["code"]) == (409, "case-closed"), write.path
