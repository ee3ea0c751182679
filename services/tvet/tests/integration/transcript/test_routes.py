"""GET /v1/tvet/trainings/{training_id}."""

from datetime import date
from uuid import uuid4

from inzira_contracts.access import AccessRecorded
from inzira_platform.testing.client import Api
from tvet_scene import OPENED, Intake, Workshop


async def test_a_new_training_explains_everything_still_needed(intake: Intake, huye: Workshop) -> None:
    training = await huye.read(await huye.open(await intake.admit()))
    assert [need["code"] for need in training["still_needed"]] == [
        "MODULES_NOT_COMPETENT",
        "INTEGRATED_MISSING",
        "ATTENDANCE_MISSING",
    ]
    assert len(training["still_needed"][0]["modules"]) == 6
    assert training["attendance"] == {"present": 0, "marked": 0, "share": None, "percent_needed": 80}
    assert training["is_complete"] is False


async def test_progress_shows_sittings_share_and_what_would_mend_it(intake: Intake, huye: Workshop) -> None:
    training = await huye.open(await intake.admit())
    await huye.attend([training], OPENED)
    await huye.attend([training], date(2026, 1, 6), present=False)
    await huye.assess(training, "AGR-TOOLS", result="NYC")
    await huye.assess(training, "AGR-TOOLS", date(2026, 1, 12))
    shown = await huye.read(training)
    tools = next(module for module in shown["modules"] if module["code"] == "AGR-TOOLS")
    assert (tools["result"], [sitting["attempt"] for sitting in tools["sittings"]]) == ("C", [1, 2])
    assert shown["attendance"]["share"] == 0.5
    low = next(need for need in shown["still_needed"] if need["code"] == "ATTENDANCE_TOO_LOW")
    assert low["figures"] == {"present": 1, "marked": 2, "percent_needed": 80, "days_needed": 3}


async def test_reading_leaves_an_access_record_and_an_etag(intake: Intake, huye: Workshop, api: Api) -> None:
    person = await intake.admit()
    training = await huye.open(person)
    answer = await huye.caller.get(f"/v1/tvet/trainings/{training}")
    assert answer.headers["ETag"] == '"1"'
    (record,) = await api.database.events(access=True)
    assert isinstance(record, AccessRecorded)
    assert (record.person_ids, record.actor) == ([person], "acc-instructor-huy")


async def test_a_training_of_another_facility_looks_like_none(
    intake: Intake, huye: Workshop, musanze: Workshop, api: Api
) -> None:
    training = await huye.open(await intake.admit())
    hidden = await musanze.caller.get(f"/v1/tvet/trainings/{training}")
    unknown = await musanze.caller.get(f"/v1/tvet/trainings/{uuid4()}")
    assert hidden.status_code == 404
    assert hidden.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
    assert await api.database.events(access=True) == []


async def test_monitoring_reads_every_facility(intake: Intake, huye: Workshop, api: Api) -> None:
    training = await huye.open(await intake.admit())
    answer = await api.as_("me_officer").get(f"/v1/tvet/trainings/{training}")
    assert answer.status_code == 200
