"""Enrolling people: eligibility as of the day, places, credits, reach."""

import asyncio
from datetime import date
from typing import Any

import pytest
from curriculum_scene import CODES, STARTS, Custody, Office, refused, written
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api


async def test_an_eligible_person_gets_a_place(api: Api, custody: Custody, office: Office) -> None:
    cohort = await office.open()
    body = written(await office.try_enrol(cohort, await custody.admit()))
    assert (body["state"], body["continues_id"]) == ("ENROLLED", None)
    read = await office.read(body["id"])
    assert [(one["action"], one["reason_code"]) for one in read["changes"]] == [
        ("CONFIRM", "RULES_MET"),
        ("ENROL", "PLACE_FREE"),
    ]
    assert read["enrolled_on"] == str(STARTS)
    event = (await api.database.events())[-1]
    assert (event.type, event.state) == ("inzira.curriculum.enrolment.opened.v1", "ENROLLED")


async def test_eligibility_is_judged_as_of_the_first_day(custody: Custody, office: Office) -> None:
    gone_by = await custody.admit(release=date(2026, 9, 1))
    written(await office.try_enrol(await office.open(), gone_by))
    refused(
        await office.try_enrol(await office.open(date(2026, 6, 1)), await custody.admit(release=date(2026, 9, 1))),
        409,
        "not-eligible",
    )


@pytest.mark.parametrize(
    ("person", "obstacle"),
    [
        ({"release": date(2026, 3, 1)}, "TOO_LATE"),
        ({"release": date(2035, 3, 1)}, "TOO_EARLY"),
        ({"release": None}, "DATE_UNKNOWN"),
        ({"status": "REMAND"}, "LEGAL_STATUS"),
        ({"on": date(2026, 2, 1)}, "NOT_IN_CUSTODY"),
    ],
)
async def test_each_obstacle_is_told(custody: Custody, office: Office, person: dict[str, Any], obstacle: str) -> None:
    answer = await office.try_enrol(await office.open(), await custody.admit(**person))
    assert refused(answer, 409, "not-eligible")["obstacles"] == obstacle


async def test_the_months_are_set_aside_with_a_recorded_reason(api: Api, custody: Custody, office: Office) -> None:
    person = await custody.admit(release=date(2035, 3, 1))
    cohort = await office.open()
    body = written(await office.try_enrol(cohort, person, override_reason="COURT_REQUEST"))
    read = await office.read(body["id"])
    assert (read["override_reason"], read["changes"][0]["reason_code"]) == ("COURT_REQUEST", "OVERRIDDEN")
    assert (await api.database.events())[-1].reason_code == "COURT_REQUEST"
    remand = await custody.admit(status="REMAND")
    refused(await office.try_enrol(cohort, remand, override_reason="COURT_REQUEST"), 409, "not-eligible")
    refused(await office.try_enrol(cohort, remand, override_reason="BECAUSE"), 422, "override-reason-unknown")


async def test_a_full_group_keeps_a_waiting_list(custody: Custody, office: Office) -> None:
    cohort = await office.open(capacity=1)
    first = await office.enrol(cohort, await custody.admit())
    second = written(await office.try_enrol(cohort, await custody.admit()))
    assert second["state"] == "WAITLISTED"
    refused(await office.change(second["id"], "ENROL"), 409, "no-place-free")
    written(await office.change(first, "WITHDRAW", reason_code="OWN_WISH"))
    assert written(await office.change(second["id"], "ENROL"))["state"] == "ENROLLED"


async def test_a_referral_is_judged_later(custody: Custody, office: Office) -> None:
    cohort = await office.open()
    person = await custody.admit(release=None)
    referred = written(await office.try_enrol(cohort, person, refer_only=True))
    assert referred["state"] == "REFERRED"
    refused(await office.change(referred["id"], "CONFIRM"), 409, "not-eligible")
    confirmed = await office.change(referred["id"], "CONFIRM", override_reason="DATE_DISPUTED")
    assert written(confirmed)["state"] == "ENROLLED"


async def test_nobody_is_enrolled_twice(custody: Custody, office: Office) -> None:
    person = await custody.admit()
    cohort = await office.open()
    await office.enrol(cohort, person)
    refused(await office.try_enrol(cohort, person), 409, "already-enrolled")
    refused(await office.try_enrol(await office.open(), person), 409, "already-enrolled")


async def test_the_same_key_enrols_once(api: Api, custody: Custody, office: Office) -> None:
    cohort, person = await office.open(), await custody.admit()
    path, key = f"/v1/curriculum/cohorts/{cohort}/enrolments", {"Idempotency-Key": "enrol-one-1"}
    body = {"person_id": str(person)}
    assert written(await office.caller.post(path, json=body, headers=key)) == written(
        await office.caller.post(path, json=body, headers=key)
    )
    assert await api.database.value("SELECT count(*) FROM enrolment") == 1


async def test_who_is_not_yours_looks_like_nobody(api: Api, custody: Custody, office: Office) -> None:
    cohort = await office.open()
    elsewhere = await custody.admit("MUS")
    refused(await office.try_enrol(cohort, elsewhere), 404, "person-not-found")
    refused(await office.try_enrol(cohort, new_id()), 404, "person-not-found")
    refused(await Office(api, "MUS").try_enrol(cohort, elsewhere), 404, "cohort-not-found")


async def test_somebody_on_the_way_here_is_not_held_here_yet(custody: Custody, office: Office) -> None:
    person = await custody.admit("MUS")
    await custody.send(custody.movement(person, "TRANSFER_DEPARTED", "HUY", date(2025, 1, 1), "IN_TRANSIT"))
    refused(await office.try_enrol(await office.open(), person), 409, "held-elsewhere")


@pytest.mark.parametrize("body", [{}, {"person_id": "x"}, {"person_id": None}, {"name": "x"}])
async def test_a_malformed_enrolment_is_refused(office: Office, body: dict[str, Any]) -> None:
    path = f"/v1/curriculum/cohorts/{await office.open()}/enrolments"
    refused(await office.caller.post(path, json=body), 422, "invalid-fields")


async def test_joining_before_the_group_is_refused(custody: Custody, office: Office) -> None:
    answer = await office.try_enrol(await office.open(), await custody.admit(), enrolled_on="2026-01-04")
    refused(answer, 422, "change-date-out-of-range")


async def test_enrolling_needs_a_token_and_a_role(api: Api, custody: Custody, office: Office) -> None:
    path = f"/v1/curriculum/cohorts/{await office.open()}/enrolments"
    body = {"person_id": str(await custody.admit())}
    refused(await api.nobody().post(path, json=body), 401, "unauthenticated")
    refused(await api.as_("rcs_intake_officer", facility="HUY").post(path, json=body), 403, "forbidden")


async def test_a_person_completes_only_once(custody: Custody, office: Office) -> None:
    person, cohort = await custody.admit(), await office.open()
    enrolment = await office.enrol(cohort, person)
    await office.teach(cohort, [enrolment], CODES)
    written(await office.test(enrolment, "POST", 10, date(2026, 6, 20)))
    written(await office.complete(enrolment))
    refused(await office.try_enrol(await office.open(), person), 409, "already-completed")


async def test_the_last_place_is_given_once_to_two_who_ask_together(custody: Custody, office: Office) -> None:
    cohort = await office.open(capacity=1)
    people = [await custody.admit() for _ in range(4)]
    answers = await asyncio.gather(*(office.try_enrol(cohort, person) for person in people))
    assert sorted(written(answer)["state"] for answer in answers) == ["ENROLLED", *["WAITLISTED"] * 3]


async def test_one_person_asked_for_twice_at_once_is_enrolled_once(custody: Custody, office: Office) -> None:
    cohorts = [await office.open() for _ in range(3)]
    person = await custody.admit()
    answers = await asyncio.gather(*(office.try_enrol(cohort, person) for cohort in cohorts))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
