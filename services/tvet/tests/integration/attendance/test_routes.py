"""POST /v1/tvet/attendance."""

from datetime import date
from uuid import uuid4

import pytest
from inzira_contracts.tvet import TrainingAttended
from inzira_platform.testing.client import Api
from tvet_scene import OPENED, Intake, Workshop

PATH = "/v1/tvet/attendance"


async def test_a_class_is_marked_in_one_call(intake: Intake, huye: Workshop, api: Api) -> None:
    trainings = [await huye.open(await intake.admit()) for _ in range(3)]
    answer = await huye.attend(trainings, OPENED)
    assert (answer.status_code, answer.json()) == (
        201,
        {"held_on": "2026-01-05", "recorded": 3, "corrected": 0, "unchanged": 0},
    )
    told = [e for e in await api.database.events() if isinstance(e, TrainingAttended)]
    assert {str(event.training_id) for event in told} == set(trainings)
    assert {(await huye.read(training))["state"] for training in trainings} == {"ACTIVE"}


async def test_the_same_mark_again_changes_nothing(intake: Intake, huye: Workshop, api: Api) -> None:
    training = await huye.open(await intake.admit())
    await huye.attend([training], OPENED)
    before = len(await api.database.events())
    assert (await huye.attend([training], OPENED)).json()["unchanged"] == 1
    assert len(await api.database.events()) == before


async def test_a_differing_mark_corrects_and_names_what_it_corrects(intake: Intake, huye: Workshop, api: Api) -> None:
    training = await huye.open(await intake.admit())
    await huye.attend([training], OPENED)
    assert (await huye.attend([training], OPENED, present=False)).json()["corrected"] == 1
    rows = await api.database.rows("SELECT event_id FROM outbox WHERE type LIKE '%attendance%' ORDER BY seq")
    first, second = [e for e in await api.database.events() if isinstance(e, TrainingAttended)]
    assert (first.present, first.supersedes) == (True, None)
    assert (second.present, second.supersedes) == (False, rows[0]["event_id"])
    assert second.reason_code == "CORRECTED"
    assert (await huye.read(training))["attendance"]["present"] == 0
    kept = "SELECT count(*) FROM attendance_mark WHERE NOT is_current AND present"
    assert await api.database.value(kept) == 1


async def test_a_correction_that_takes_the_share_away_reopens_the_training(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit())
    await huye.complete(training)
    await huye.attend([training], OPENED, present=False)
    assert (await huye.read(training))["state"] == "COMPLETED"
    await huye.attend([training], date(2026, 1, 6), present=False)
    assert (await huye.read(training))["state"] == "ACTIVE"
    assert (await huye.award(training)).json()["reasons"] == "ATTENDANCE_TOO_LOW"
    await huye.attend([training], date(2026, 1, 6))
    assert (await huye.read(training))["state"] == "COMPLETED"


async def test_one_training_at_fault_refuses_the_whole_call(
    intake: Intake, huye: Workshop, musanze: Workshop, api: Api
) -> None:
    mine, theirs = await huye.open(await intake.admit()), await musanze.open(await intake.admit("MUS"))
    hidden = await huye.attend([mine, theirs], OPENED)
    unknown = await huye.attend([mine, str(uuid4())], OPENED)
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
    assert await api.database.value("SELECT count(*) FROM attendance_mark") == 0


async def test_a_training_of_another_class_is_refused(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit(), "MASONRY-L3")
    answer = await huye.attend([training], OPENED)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-in-class")


@pytest.mark.parametrize(
    ("on", "status", "code"),
    [(date(2026, 11, 24), 422, "date-in-future"), (date(2026, 1, 4), 409, "before-training")],
)
async def test_a_day_that_cannot_be_is_refused(
    intake: Intake, huye: Workshop, on: date, status: int, code: str
) -> None:
    answer = await huye.attend([await huye.open(await intake.admit())], on)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_one_training_is_marked_once_per_call(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit())
    answer = await huye.attend([training, training], OPENED)
    assert (answer.status_code, answer.json()["code"]) == (422, "marked-twice")


@pytest.mark.parametrize("marks", [[], [{"training_id": "x", "present": True}], [{"present": True}], "all"])
async def test_marks_of_the_wrong_form_are_refused(huye: Workshop, marks: object) -> None:
    body = {"facility": "HUY", "programme_code": "AGRICULTURE-L1", "held_on": "2026-01-05", "marks": marks}
    assert (await huye.caller.post(PATH, body)).status_code == 422


async def test_a_call_repeated_with_its_key_is_done_once(intake: Intake, huye: Workshop) -> None:
    body = {
        "facility": "HUY",
        "programme_code": "AGRICULTURE-L1",
        "held_on": "2026-01-05",
        "marks": [{"training_id": await huye.open(await intake.admit()), "present": True}],
    }
    headers = {"Idempotency-Key": "attendance-0001"}
    answers = [await huye.caller.post(PATH, body, headers=headers) for _ in range(2)]
    assert [answer.json()["recorded"] for answer in answers] == [1, 1]
