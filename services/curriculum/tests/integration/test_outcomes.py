"""Tests, completion and certificates."""

from datetime import date
from typing import Any

import pytest
from curriculum_scene import CODES, Custody, Office, refused, written
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api

TAUGHT = date(2026, 6, 22)


@pytest.fixture
async def enrolment(custody: Custody, office: Office) -> str:
    """An enrolment nobody has marked yet."""
    return await office.enrol(await office.open(), await custody.admit())


@pytest.fixture
async def taught(api: Api, office: Office, enrolment: str) -> str:
    """An enrolment of somebody who came every time but has not sat the post-test."""
    await office.teach(str((await office.read(enrolment))["cohort_id"]), [enrolment])
    return enrolment


async def test_a_failed_post_test_is_sat_once_more(office: Office, enrolment: str) -> None:
    written(await office.test(enrolment, "PRE", 30, date(2026, 1, 5)))
    first = written(await office.test(enrolment, "POST", 40, TAUGHT))
    assert (first["sitting"], first["passed"]) == (1, False)
    second = written(await office.test(enrolment, "POST", 50, TAUGHT))
    assert (second["sitting"], second["passed"]) == (2, True)
    refused(await office.test(enrolment, "POST", 90, TAUGHT), 409, "test-sitting-conflict")
    refused(await office.test(enrolment, "PRE", 90, TAUGHT), 409, "test-sitting-conflict")


async def test_correcting_the_pre_test_judges_the_post_test_anew(api: Api, office: Office, enrolment: str) -> None:
    written(await office.test(enrolment, "PRE", 45, date(2026, 1, 5)))
    assert written(await office.test(enrolment, "POST", 50, TAUGHT))["passed"] is False
    written(await office.test(enrolment, "PRE", 25, date(2026, 1, 5), sitting=1, reason_code="WRONG_SCORE"))
    tests = (await office.read(enrolment))["tests"]
    assert [(one["phase"], one["score"], one["passed"]) for one in tests] == [("POST", 50, True), ("PRE", 25, None)]
    events = [event for event in await api.database.events() if event.type.startswith("inzira.curriculum.test")]
    assert [(one.phase, one.passed, one.supersedes is not None) for one in events] == [
        ("PRE", None, False),
        ("POST", False, False),
        ("PRE", None, True),
        ("POST", True, True),
    ]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"score": 101}, 422, "invalid-fields"),
        ({"score": -1}, 422, "invalid-fields"),
        ({"phase": "MID"}, 422, "invalid-fields"),
        ({"taken_on": "2026-11-24"}, 422, "test-date-out-of-range"),
        ({"taken_on": "2026-01-04"}, 422, "test-date-out-of-range"),
        ({"sitting": 1, "reason_code": "WRONG_SCORE"}, 409, "test-sitting-conflict"),
        ({"reason_code": "BECAUSE"}, 422, "correction-reason-unknown"),
    ],
)
async def test_a_test_is_refused(
    office: Office, enrolment: str, changes: dict[str, Any], status: int, code: str
) -> None:
    body = {"phase": "POST", "score": 50, "taken_on": str(TAUGHT), **changes}
    path = f"/v1/curriculum/enrolments/{enrolment}/tests"
    refused(await office.caller.post(path, json=body), status, code)


async def test_completion_names_every_unmet_rule(office: Office, enrolment: str) -> None:
    cohort = str((await office.read(enrolment))["cohort_id"])
    await office.teach(cohort, [enrolment], CODES[:39])
    body = refused(await office.complete(enrolment), 409, "completion-rules-unmet")
    assert "MODULE_SHARE M8 0/4" in body["unmet"]
    assert "MANDATORY_SESSION M8-S1 0/1" in body["unmet"]
    assert "POST_TEST TAKEN 0/1" in body["unmet"]
    assert (await office.read(enrolment))["state"] == "ACTIVE"


async def test_somebody_who_did_not_complete_is_closed_as_such(api: Api, office: Office, enrolment: str) -> None:
    cohort = str((await office.read(enrolment))["cohort_id"])
    await office.teach(cohort, [enrolment], CODES[:10])
    closed = written(await office.complete(enrolment, accept_incomplete=True))
    assert (closed["state"], closed["is_complete"], closed["sessions_attended"]) == ("NOT_COMPLETED", False, 10)
    assert (await api.database.events())[-1].to_state == "NOT_COMPLETED"
    refused(await office.complete(enrolment), 409, "enrolment-state-conflict")


async def test_a_completion_is_not_dated_before_what_it_rests_on(office: Office, taught: str) -> None:
    written(await office.test(taught, "POST", 20, TAUGHT))
    refused(await office.complete(taught, decided_on="2026-06-21"), 422, "decision-date-out-of-range")
    refused(await office.complete(taught, decided_on="2026-11-24"), 422, "decision-date-out-of-range")
    assert written(await office.complete(taught, decided_on=str(TAUGHT)))["state"] == "COMPLETED"


async def test_certificates_are_issued_in_one_batch_and_once(api: Api, office: Office, taught: str) -> None:
    cohort = str((await office.read(taught))["cohort_id"])
    path = f"/v1/curriculum/cohorts/{cohort}/certificates"
    refused(await office.caller.post(path, json={}), 409, "nothing-to-certify")
    written(await office.test(taught, "POST", 20, TAUGHT))
    written(await office.complete(taught, decided_on=str(TAUGHT)))
    refused(await office.caller.post(path, json={"issued_on": "2026-06-21"}), 422, "change-date-out-of-range")
    key = {"Idempotency-Key": "certificates-1"}
    first = await office.caller.post(path, json={}, headers=key)
    assert written(first) == written(await office.caller.post(path, json={}, headers=key))
    assert len(written(first)["issued"]) == 1
    refused(await office.caller.post(path, json={}), 409, "nothing-to-certify")
    single = f"/v1/curriculum/enrolments/{taught}/certificate"
    refused(await office.caller.post(single, json={}), 409, "enrolment-state-conflict")
    duplicate = written(await office.caller.post(f"{single}/duplicates", json={"reason_code": "LOST"}))
    assert duplicate["serial"] == written(first)["issued"][0]["serial"]
    refused(
        await office.caller.post(f"{single}/duplicates", json={"reason_code": "WANTED"}),
        422,
        "invalid-fields",
    )


async def test_one_certificate_is_issued_by_itself(office: Office, taught: str) -> None:
    written(await office.test(taught, "POST", 20, TAUGHT))
    single = f"/v1/curriculum/enrolments/{taught}/certificate"
    refused(
        await office.caller.post(f"{single}/duplicates", json={"reason_code": "LOST"}), 404, "certificate-not-found"
    )
    written(await office.complete(taught))
    serial = written(await office.caller.post(single, json={}))["serial"]
    assert (await office.read(taught))["certificate_serial"] == serial


async def test_verifying_is_public_and_tells_neither_whose_nor_where(api: Api, office: Office, taught: str) -> None:
    written(await office.test(taught, "POST", 20, TAUGHT))
    written(await office.complete(taught, decided_on=str(TAUGHT)))
    serial = written(
        await office.caller.post(f"/v1/curriculum/enrolments/{taught}/certificate", json={"issued_on": str(TAUGHT)})
    )["serial"]
    anybody, recorded = api.nobody(), len(await api.database.events(access=True))
    answer = await anybody.get(f"/v1/curriculum/certificates/{serial.lower()}")
    assert set(answer.json()) == {"valid", "programme", "issued_on"}
    assert answer.json()["valid"] is True
    assert not any(word in answer.text.lower() for word in ("huy", "correction", "prison", "custod"))
    for other in ("IZ-0000-0000-0001", "anything", "IZ-ÿÿÿÿ"):
        invalid = await anybody.get(f"/v1/curriculum/certificates/{other}")
        assert invalid.json() == {"valid": False, "programme": None, "issued_on": None}
    refused(await anybody.get(f"/v1/curriculum/certificates/{'9' * 41}"), 422, "invalid-fields")
    assert len(await api.database.events(access=True)) == recorded


@pytest.mark.parametrize("action", ["tests", "completion", "certificate", "certificate/duplicates"])
async def test_outcomes_need_reach_token_and_role(api: Api, office: Office, enrolment: str, action: str) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "tests": {"phase": "PRE", "score": 1, "taken_on": "2026-01-05"},
        "certificate/duplicates": {"reason_code": "LOST"},
    }
    body = bodies.get(action, {})
    path = f"/v1/curriculum/enrolments/{enrolment}/{action}"
    refused(await Office(api, "MUS").caller.post(path, json=body), 404, "enrolment-not-found")
    refused(
        await office.caller.post(f"/v1/curriculum/enrolments/{new_id()}/{action}", json=body),
        404,
        "enrolment-not-found",
    )
    refused(await api.nobody().post(path, json=body), 401, "unauthenticated")
    refused(await api.as_("tvet_instructor", facility="HUY").post(path, json=body), 403, "forbidden")
    refused(await office.caller.post(path, json={**body, "name": "x"}), 422, "invalid-fields")


async def test_the_group_shows_who_is_at_risk(custody: Custody, office: Office) -> None:
    cohort = await office.open()
    steady, absent = [await office.enrol(cohort, await custody.admit()) for _ in range(2)]
    for session in CODES[:7]:
        written(await office.mark(cohort, session, {steady: "P", absent: "U"}))
    path = f"/v1/curriculum/cohorts/{cohort}/enrolments"
    first = (await office.caller.get(path, params={"limit": 1})).json()
    rest = (await office.caller.get(path, params={"limit": 1, "cursor": first["next_cursor"]})).json()
    items = {one["id"]: one for one in first["items"] + rest["items"]}
    assert (items[steady]["absences_left"], items[steady]["at_risk"]) == (9, [])
    assert items[absent]["absences_left"] == 2
    assert items[absent]["at_risk"] == ["FEW_ABSENCES_LEFT", "MODULE_SHORT:M1", "MANDATORY_MISSED:M1-S5"]
    refused(await office.caller.get(path, params={"cursor": "x"}), 422, "cursor-invalid")


async def test_who_joins_late_has_missed_what_was_held(custody: Custody, office: Office) -> None:
    cohort = await office.open()
    early = await office.enrol(cohort, await custody.admit())
    await office.teach(cohort, [early], CODES[:4])
    late = await office.enrol(cohort, await custody.admit(), enrolled_on="2026-01-20")
    progress = (await office.read(late))["progress"]
    assert (progress["missed"], progress["absences_left"]) == (4, 5)
