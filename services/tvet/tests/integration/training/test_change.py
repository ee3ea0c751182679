"""POST /v1/tvet/trainings/{training_id}/changes."""

from datetime import date
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from inzira_contracts.tvet import TrainingChanged
from inzira_platform.testing.client import Api
from tvet_scene import OPENED, Intake, Workshop


async def _change(huye: Workshop, training: object, action: str, **body: Any) -> httpx2.Response:  # noqa: ANN401 - JSON
    given = {"action": action, "changed_on": "2026-03-02", **body}
    return await huye.caller.post(f"/v1/tvet/trainings/{training}/changes", given)


async def test_an_applicant_is_enrolled(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit(), enrolled=False)
    answer = await _change(huye, training, "ENROL")
    assert (answer.status_code, answer.json()) == (201, {"id": training, "version": 2, "state": "ENROLLED"})


async def test_suspended_training_rests_and_goes_on(intake: Intake, huye: Workshop, api: Api) -> None:
    training = await huye.open(await intake.admit())
    await huye.attend([training], OPENED)
    assert (await _change(huye, training, "SUSPEND", reason_code="ILLNESS")).json()["state"] == "SUSPENDED"
    assert (await huye.attend([training], date(2026, 3, 2))).json()["code"] == "training-suspended"
    assert (await huye.attend([training], date(2026, 2, 27))).status_code == 201
    assert (await _change(huye, training, "RESUME", changed_on="2026-03-09")).json()["state"] == "ACTIVE"
    assert (await huye.attend([training], date(2026, 3, 9))).status_code == 201
    changed = [e for e in await api.database.events() if isinstance(e, TrainingChanged)]
    assert [(e.to_state, e.reason_code) for e in changed] == [
        ("ACTIVE", None),
        ("SUSPENDED", "ILLNESS"),
        ("ACTIVE", None),
    ]


async def test_withdrawn_training_keeps_its_past_and_takes_no_later_fact(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit())
    assert (await _change(huye, training, "WITHDRAW", reason_code="OWN_WISH")).json()["state"] == "WITHDRAWN"
    assert (await huye.attend([training], date(2026, 3, 3))).json()["code"] == "training-ended"
    assert (await huye.attend([training], date(2026, 3, 2))).status_code == 201
    (change,) = (await huye.read(training))["changes"]
    assert (change["action"], change["reason_code"], change["changed_on"]) == ("WITHDRAW", "OWN_WISH", "2026-03-02")


@pytest.mark.parametrize("action", ["SUSPEND", "RESUME", "ENROL"])
async def test_a_step_the_state_does_not_allow_is_refused(intake: Intake, huye: Workshop, action: str) -> None:
    training = await huye.open(await intake.admit())
    answer = await _change(huye, training, action)
    assert (answer.status_code, answer.json()["code"]) == (409, "training-state-forbids")
    assert answer.json()["state"] == "ENROLLED"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"changed_on": "2026-11-24"}, 422, "date-in-future"),
        ({"changed_on": "2026-01-04"}, 409, "before-training"),
        ({"action": "AWARD"}, 422, "invalid-fields"),
        ({"reason_code": "own wish"}, 422, "invalid-fields"),
    ],
)
async def test_a_change_that_cannot_be_is_refused(
    intake: Intake, huye: Workshop, body: dict[str, str], status: int, code: str
) -> None:
    training = await huye.open(await intake.admit())
    answer = await _change(huye, training, **{"action": "WITHDRAW", **body})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_training_of_another_facility_looks_like_none(
    intake: Intake, huye: Workshop, musanze: Workshop
) -> None:
    training = await huye.open(await intake.admit())
    hidden = await _change(musanze, training, "WITHDRAW")
    unknown = await _change(musanze, uuid4(), "WITHDRAW")
    assert hidden.status_code == 404
    assert hidden.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


async def test_a_change_is_made_once(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit())
    path, body = f"/v1/tvet/trainings/{training}/changes", {"action": "WITHDRAW", "changed_on": "2026-03-02"}
    answers = [await huye.caller.post(path, body, headers={"Idempotency-Key": "change-00001"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len((await huye.read(training))["changes"]) == 1
