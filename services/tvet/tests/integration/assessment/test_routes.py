"""POST /v1/tvet/trainings/{training_id}/assessments and /integrated-assessments."""

import asyncio
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from inzira_contracts.tvet import IntegratedAssessed, ModuleAssessed
from inzira_platform.testing.client import Api
from tvet_scene import OPENED, Intake, Workshop

MODULE = "AGR-TOOLS"  # outcomes LO1 and LO2


async def test_a_module_is_judged_by_every_outcome(intake: Intake, huye: Workshop, api: Api) -> None:
    training = await huye.open(await intake.admit())
    first = await huye.assess(training, MODULE, outcomes={"LO1": "C", "LO2": "NYC"})
    assert (first.status_code, first.json()["result"], first.json()["attempt"]) == (201, "NYC", 1)
    second = await huye.assess(training, MODULE, date(2026, 1, 10), outcomes={"LO2": "C"})
    assert (second.json()["result"], second.json()["attempt"], second.json()["state"]) == ("C", 2, "ACTIVE")
    told = [e for e in await api.database.events() if isinstance(e, ModuleAssessed)]
    assert [(e.module_code, e.result.value, e.attempt) for e in told] == [(MODULE, "NYC", 1), (MODULE, "C", 2)]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"outcomes": {"LO1": "C"}}, 422, "outcomes-missing"),
        ({"outcomes": {"LO1": "C", "LO2": "C", "LO9": "C"}}, 422, "outcome-unknown"),
        ({"outcomes": {}}, 422, "invalid-fields"),
        ({"outcomes": {"LO1": "72"}}, 422, "invalid-fields"),
        ({"module_code": "SORCERY"}, 422, "module-unknown"),
        ({"assessed_on": "2026-11-24"}, 422, "date-in-future"),
        ({"assessed_on": "2026-01-04"}, 409, "before-training"),
        ({"supersedes": str(uuid4())}, 422, "nothing-to-supersede"),
        ({"evidence": ["a photograph of somebody"]}, 422, "invalid-fields"),
    ],
)
async def test_a_sitting_that_cannot_be_is_refused(
    intake: Intake, huye: Workshop, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await huye.assess(await huye.open(await intake.admit()), MODULE, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_reassessment_keeps_to_the_days_and_the_number_allowed(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit())
    await huye.assess(training, MODULE, OPENED, "NYC")
    soon = await huye.assess(training, MODULE, date(2026, 1, 9))
    assert (soon.status_code, soon.json()["code"], soon.json()["days_needed"]) == (409, "reassessment-too-soon", 5)
    for day in (10, 15):
        assert (await huye.assess(training, MODULE, date(2026, 1, day), "NYC")).status_code == 201
    fourth = await huye.assess(training, MODULE, date(2026, 1, 20))
    assert (fourth.status_code, fourth.json()["code"]) == (409, "reassessments-used-up")


async def test_a_competent_module_is_closed(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit())
    await huye.assess(training, MODULE)
    again = await huye.assess(training, MODULE, date(2026, 2, 5))
    assert (again.status_code, again.json()["code"]) == (409, "already-competent")
    same_day = await huye.assess(training, MODULE)
    assert (same_day.status_code, same_day.json()["code"]) == (409, "already-assessed")


async def test_a_late_sitting_takes_its_place(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit())
    await huye.assess(training, MODULE, date(2026, 2, 5))
    late = await huye.assess(training, MODULE, date(2026, 1, 20), "NYC")
    assert (late.status_code, late.json()["attempt"]) == (201, 1)
    tools = next(m for m in (await huye.read(training))["modules"] if m["code"] == MODULE)
    assert [(s["assessed_on"], s["result"]) for s in tools["sittings"]] == [("2026-01-20", "NYC"), ("2026-02-05", "C")]


async def test_a_correction_supersedes_and_keeps_the_old(intake: Intake, huye: Workshop, api: Api) -> None:
    training = await huye.open(await intake.admit())
    wrong = await huye.assess(training, MODULE, OPENED, "NYC")
    right = await huye.assess(training, MODULE, supersedes=wrong.json()["id"], reason_code="TYPED_WRONG")
    assert (right.status_code, right.json()["result"], right.json()["attempt"]) == (201, "C", 1)
    rows = await api.database.rows("SELECT event_id FROM outbox WHERE type LIKE '%module.assessed%' ORDER BY seq")
    told = [e for e in await api.database.events() if isinstance(e, ModuleAssessed)]
    assert [e.supersedes for e in told] == [None, rows[0]["event_id"]]
    assert told[1].reason_code == "TYPED_WRONG"
    assert await api.database.value("SELECT count(*) FROM module_assessment") == 2


async def test_a_correction_may_undo_completion(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit())
    await huye.complete(training)
    (whole,) = (await huye.read(training))["integrated"]
    answer = await huye.assess_whole(training, date(2026, 6, 30), "NYC", supersedes=whole["id"])
    assert answer.json()["state"] == "ACTIVE"
    assert (await huye.award(training)).json()["reasons"] == "INTEGRATED_NOT_COMPETENT"


async def test_the_instructor_does_not_judge_the_whole(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit())
    answer = await huye.assess_whole(training, assessor="acc-instructor-huy")
    assert (answer.status_code, answer.json()["code"]) == (409, "assessor-is-instructor")


async def test_the_whole_follows_the_same_rule_of_reassessment(intake: Intake, huye: Workshop, api: Api) -> None:
    training = await huye.open(await intake.admit())
    assert (await huye.assess_whole(training, OPENED, "NYC")).json()["result"] == "NYC"
    assert (await huye.assess_whole(training, date(2026, 1, 8))).json()["code"] == "reassessment-too-soon"
    assert (await huye.assess_whole(training, date(2026, 1, 10))).json()["attempt"] == 2
    told = [e for e in await api.database.events() if isinstance(e, IntegratedAssessed)]
    assert [(e.result.value, e.attempt) for e in told] == [("NYC", 1), ("C", 2)]


@pytest.mark.parametrize("what", ["assessments", "integrated-assessments"])
async def test_a_training_of_another_facility_looks_like_none(
    intake: Intake, huye: Workshop, musanze: Workshop, what: str
) -> None:
    body: dict[str, Any] = {"assessed_on": "2026-01-05", "assessor": "RTB-ASR-7"}
    body |= {"result": "C"} if what.startswith("i") else {"module_code": MODULE, "outcomes": {"LO1": "C"}}
    training = await huye.open(await intake.admit())
    hidden = await musanze.caller.post(f"/v1/tvet/trainings/{training}/{what}", body)
    unknown = await musanze.caller.post(f"/v1/tvet/trainings/{uuid4()}/{what}", body)
    assert hidden.status_code == 404
    assert hidden.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


async def test_a_sitting_repeated_with_its_key_is_recorded_once(intake: Intake, huye: Workshop, api: Api) -> None:
    training = await huye.open(await intake.admit())
    body = {"assessed_on": "2026-01-05", "assessor": "RTB-ASR-7", "result": "C"}
    path = f"/v1/tvet/trainings/{training}/integrated-assessments"
    answers = [await huye.caller.post(path, body, headers={"Idempotency-Key": "whole-000001"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert await api.database.value("SELECT count(*) FROM integrated_assessment") == 1


async def test_facts_of_one_trainee_at_the_same_moment_all_count(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit())
    modules = [module["code"] for module in (await huye.read(training))["modules"]]
    days = [huye.attend([training], date(2026, 1, 5 + day)) for day in range(5)]
    sittings = [huye.assess(training, module) for module in modules]
    answers = await asyncio.gather(*days, *sittings, huye.assess_whole(training))
    assert {answer.status_code for answer in answers} == {201}
    assert (await huye.read(training))["state"] == "COMPLETED"
