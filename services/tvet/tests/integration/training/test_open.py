"""POST /v1/tvet/trainings."""

import asyncio
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from inzira_contracts.codes import CustodyState
from inzira_contracts.tvet import TrainingOpened
from inzira_platform.clock import kigali_midnight
from inzira_platform.testing.client import Api
from tvet_scene import OPENED, Intake, Workshop

PATH = "/v1/tvet/trainings"


def _body(person_id: object, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"person_id": str(person_id), "programme_code": "MASONRY-L3", "opened_on": str(OPENED), **changes}


async def test_opening_enrols_where_the_person_is_held(intake: Intake, huye: Workshop, api: Api) -> None:
    person = await intake.admit()
    answer = await huye.caller.post(PATH, _body(person))
    assert answer.status_code == 201
    assert set(answer.json()) == {"id", "version", "state"}
    assert answer.json()["state"] == "ENROLLED"
    assert answer.headers["Consistency-Token"]
    training = await huye.read(answer.json()["id"])
    assert (training["facility"], training["instructor"]) == ("HUY", "acc-instructor-huy")
    (event,) = await api.database.events()
    assert isinstance(event, TrainingOpened)
    assert (event.trade, event.rtqf_level, event.facility) == ("MASONRY", 3, "HUY")
    assert event.occurred_at == kigali_midnight(OPENED)


async def test_an_applicant_waits_to_be_enrolled(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit(), enrolled=False)
    assert (await huye.read(training))["state"] == "APPLIED"
    assert (await huye.attend([training], OPENED)).json()["code"] == "not-enrolled"


async def test_the_same_request_again_is_answered_again_and_done_once(intake: Intake, huye: Workshop, api: Api) -> None:
    body, headers = _body(await intake.admit()), {"Idempotency-Key": "opening-000001"}
    first = await huye.caller.post(PATH, body, headers=headers)
    second = await huye.caller.post(PATH, body, headers=headers)
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert await api.database.value("SELECT count(*) FROM training") == 1


async def test_the_same_key_for_another_request_is_refused(intake: Intake, huye: Workshop) -> None:
    headers = {"Idempotency-Key": "opening-000002"}
    await huye.caller.post(PATH, _body(await intake.admit()), headers=headers)
    answer = await huye.caller.post(PATH, _body(await intake.admit()), headers=headers)
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency-key-reused"


async def test_a_write_without_a_key_of_its_own_is_refused(intake: Intake, huye: Workshop) -> None:
    answer = await huye.caller.post(PATH, _body(await intake.admit()), keyed=False)
    assert (answer.status_code, answer.json()["code"]) == (428, "idempotency-key-missing")


async def test_a_second_open_training_of_a_programme_is_refused(intake: Intake, huye: Workshop) -> None:
    person = await intake.admit()
    await huye.open(person, "MASONRY-L3")
    answer = await huye.caller.post(PATH, _body(person))
    assert (answer.status_code, answer.json()["code"]) == (409, "training-open")
    assert (await huye.caller.post(PATH, _body(person, programme_code="TAILORING-L3"))).status_code == 201


async def test_of_many_at_the_same_moment_one_opens(intake: Intake, huye: Workshop, api: Api) -> None:
    person = await intake.admit()
    answers = await asyncio.gather(*[huye.caller.post(PATH, _body(person)) for _ in range(4)])
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(await api.database.events()) == 1


async def test_who_holds_the_award_does_not_begin_again(intake: Intake, huye: Workshop) -> None:
    person = await intake.admit()
    training = await huye.open(person)
    await huye.complete(training)
    await huye.award(training)
    answer = await huye.caller.post(PATH, _body(person, programme_code="AGRICULTURE-L1"))
    assert (answer.status_code, answer.json()["code"]) == (409, "already-awarded")


async def test_a_person_of_another_facility_looks_like_nobody(intake: Intake, musanze: Workshop) -> None:
    person = await intake.admit("HUY")
    hidden = await musanze.caller.post(PATH, _body(person))
    unknown = await musanze.caller.post(PATH, _body(uuid4()))
    assert (hidden.status_code, hidden.json()["code"]) == (404, "person-not-found")
    assert hidden.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


async def test_a_person_on_the_way_here_is_seen_and_not_yet_trained_here(intake: Intake, musanze: Workshop) -> None:
    person = await intake.admit("HUY")
    await intake.move(person, "MUS", CustodyState.IN_TRANSIT, kind="TRANSFER_DEPARTED")
    answer = await musanze.caller.post(PATH, _body(person))
    assert (answer.status_code, answer.json()["code"]) == (409, "held-elsewhere")


async def test_a_released_person_does_not_begin_in_a_facility(intake: Intake, huye: Workshop) -> None:
    person = await intake.admit()
    await intake.release(person)
    answer = await huye.caller.post(PATH, _body(person))
    assert (answer.status_code, answer.json()["code"]) == (409, "not-in-custody")


async def test_a_training_does_not_begin_before_the_stay(intake: Intake, huye: Workshop) -> None:
    person = await intake.admit(on=date(2026, 2, 1))
    answer = await huye.caller.post(PATH, _body(person))
    assert (answer.status_code, answer.json()["code"]) == (409, "before-admission")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"opened_on": "2026-11-24"}, "date-in-future"),
        ({"programme_code": "SORCERY-L3"}, "programme-unknown"),
        ({"resumes_training_id": str(uuid4())}, "not-resumable"),
        ({"opened_on": "not a day"}, "invalid-fields"),
        ({"opened_on": "1800-01-01"}, "invalid-fields"),
        ({"programme_code": "x" * 33}, "invalid-fields"),
        ({"instructor": "Jane Doe"}, "invalid-fields"),
        ({"person_id": "nobody"}, "invalid-fields"),
        ({"colour": "blue"}, "invalid-fields"),
    ],
)
async def test_a_field_at_fault_is_named_and_not_echoed(
    intake: Intake, huye: Workshop, changes: dict[str, str], code: str
) -> None:
    answer = await huye.caller.post(PATH, _body(await intake.admit()) | changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    (field, value), *_ = changes.items()
    assert field in answer.text
    assert value not in answer.text
