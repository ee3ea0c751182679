"""POST /v1/tvet/trainings/{training_id}/statements."""

from uuid import uuid4

import httpx2
import pytest
from inzira_contracts.tvet import AttainmentStated
from inzira_platform.testing.client import Api
from tvet_scene import Intake, Workshop


async def _state(workshop: Workshop, training: object, on: str = "2026-02-02") -> httpx2.Response:
    return await workshop.caller.post(f"/v1/tvet/trainings/{training}/statements", {"issued_on": on})


async def test_a_statement_lists_the_modules_shown_in_teaching_order(intake: Intake, huye: Workshop, api: Api) -> None:
    training = await huye.open(await intake.admit())
    for module in ("AGR-TOOLS", "GEN-SAFETY"):
        await huye.assess(training, module)
    await huye.assess(training, "CORE-SOIL", result="NYC")
    answer = await _state(huye, training)
    assert (answer.status_code, answer.json()["modules"]) == (201, ["GEN-SAFETY", "AGR-TOOLS"])
    event = (await api.database.events())[-1]
    assert isinstance(event, AttainmentStated)
    assert event.modules == ["GEN-SAFETY", "AGR-TOOLS"]
    (statement,) = (await huye.read(training))["statements"]
    assert set(statement) == {"id", "programme_code", "programme_version", "modules", "issued_on"}


async def test_nothing_shown_is_nothing_stated(intake: Intake, huye: Workshop) -> None:
    answer = await _state(huye, await huye.open(await intake.admit()))
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-attained")


@pytest.mark.parametrize(("on", "code"), [("2026-11-24", "date-in-future"), ("tomorrow", "invalid-fields")])
async def test_a_day_that_cannot_be_is_refused(intake: Intake, huye: Workshop, on: str, code: str) -> None:
    answer = await _state(huye, await huye.open(await intake.admit()), on)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_training_of_another_facility_looks_like_none(
    intake: Intake, huye: Workshop, musanze: Workshop
) -> None:
    hidden = await _state(musanze, await huye.open(await intake.admit()))
    unknown = await _state(musanze, uuid4())
    assert hidden.status_code == 404
    assert hidden.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


async def test_a_statement_repeated_with_its_key_is_issued_once(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit())
    await huye.assess(training, "AGR-TOOLS")
    path, body = f"/v1/tvet/trainings/{training}/statements", {"issued_on": "2026-02-02"}
    for _ in range(2):
        await huye.caller.post(path, body, headers={"Idempotency-Key": "statement-0001"})
    assert len((await huye.read(training))["statements"]) == 1
