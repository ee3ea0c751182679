"""POST /v1/tvet/trainings/{training_id}/award."""

from typing import Any
from uuid import uuid4

import pytest
from inzira_contracts.tvet import AwardGranted
from inzira_platform.testing.client import Api
from tvet_scene import Intake, Workshop


async def test_an_award_is_recorded_once_everything_is_met(intake: Intake, huye: Workshop, api: Api) -> None:
    training = await huye.open(await intake.admit())
    await huye.complete(training)
    answer = await huye.award(training)
    assert (answer.status_code, answer.json()["state"]) == (201, "AWARDED")
    event = (await api.database.events())[-1]
    assert isinstance(event, AwardGranted)
    assert (str(event.award_id), event.trade) == (answer.json()["id"], "AGRICULTURE")
    again = await huye.award(training, "RTB/2026/0002")
    assert (again.status_code, again.json()["code"]) == (409, "training-awarded")


async def test_an_award_never_says_where_it_was_earned(intake: Intake, huye: Workshop, api: Api) -> None:
    training = await huye.open(await intake.admit())
    await huye.complete(training)
    await huye.award(training)
    award = (await huye.read(training))["award"]
    event = (await api.database.events())[-1]
    (row,) = await api.database.rows("SELECT * FROM award")
    for shown in (award, event.model_dump(), row):
        assert not {"facility", "place", "district"} & set(shown)
        assert "HUY" not in {str(value) for key, value in shown.items() if key not in {"verifier", "recorded_by"}}


async def test_an_award_that_is_not_due_lists_every_reason(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit())
    answer = await huye.award(training)
    assert (answer.status_code, answer.json()["code"]) == (409, "award-not-due")
    assert answer.json()["reasons"] == "MODULES_NOT_COMPETENT,INTEGRATED_MISSING,ATTENDANCE_MISSING"


async def test_the_verifier_is_not_the_assessor(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit())
    await huye.complete(training)
    answer = await huye.award(training, verifier="rtb-asr-7")
    assert answer.json()["reasons"] == "VERIFIER_IS_ASSESSOR"


async def test_a_number_is_used_once_also_by_persons_out_of_reach(
    intake: Intake, huye: Workshop, musanze: Workshop
) -> None:
    mine, theirs = await huye.open(await intake.admit()), await musanze.open(await intake.admit("MUS"))
    await huye.complete(mine)
    await musanze.complete(theirs)
    assert (await musanze.award(theirs)).status_code == 201
    taken = await huye.award(mine)
    assert (taken.status_code, taken.json()["code"]) == (409, "rtb-number-taken")
    assert (await huye.read(mine))["state"] == "COMPLETED"
    assert (await huye.award(mine, "RTB/2026/0002")).status_code == 201


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"awarded_on": "2026-11-24"}, 422, "date-in-future"),
        ({"awarded_on": "2026-06-29"}, 409, "award-before-assessment"),
        ({"rtb_number": "no spaces please"}, 422, "invalid-fields"),
        ({"verifier": ""}, 422, "invalid-fields"),
        ({"facility": "HUY"}, 422, "invalid-fields"),
    ],
)
async def test_a_paper_that_cannot_be_is_refused(
    intake: Intake, huye: Workshop, body: dict[str, Any], status: int, code: str
) -> None:
    training = await huye.open(await intake.admit())
    await huye.complete(training)
    answer = await huye.caller.post(
        f"/v1/tvet/trainings/{training}/award",
        {"rtb_number": "RTB/2026/0001", "awarded_on": "2026-07-01", "verifier": "acc-verifier", **body},
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_training_of_another_facility_looks_like_none(
    intake: Intake, huye: Workshop, musanze: Workshop
) -> None:
    hidden = await musanze.award(await huye.open(await intake.admit()))
    unknown = await musanze.award(str(uuid4()))
    assert hidden.status_code == 404
    assert hidden.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


async def test_an_award_repeated_with_its_key_is_granted_once(intake: Intake, huye: Workshop, api: Api) -> None:
    training = await huye.open(await intake.admit())
    await huye.complete(training)
    path = f"/v1/tvet/trainings/{training}/award"
    body = {"rtb_number": "RTB/2026/0001", "awarded_on": "2026-07-01", "verifier": "acc-verifier"}
    answers = [await huye.caller.post(path, body, headers={"Idempotency-Key": "award-000001"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert await api.database.value("SELECT count(*) FROM award") == 1
