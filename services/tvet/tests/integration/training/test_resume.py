"""Taking up elsewhere what was begun: credits of the modules shown."""

from datetime import date
from uuid import UUID

from tvet_scene import Intake, Workshop


async def _transferred(intake: Intake, huye: Workshop) -> tuple[UUID, str]:
    """A person with one module shown at Huye, now at Musanze."""
    person = await intake.admit("HUY")
    training = await huye.open(person)
    await huye.assess(training, "GEN-SAFETY")
    await huye.assess(training, "CORE-SOIL", result="NYC")
    await intake.move(person, "MUS")
    return person, training


def _credited(training: dict[str, list[dict[str, object]]]) -> list[object]:
    return [module["code"] for module in training["modules"] if module["is_credited"]]


async def test_the_last_training_cut_short_is_resumed_by_itself(
    intake: Intake, huye: Workshop, musanze: Workshop
) -> None:
    person, first = await _transferred(intake, huye)
    resumed = await musanze.read(await musanze.open(person, opened_on="2026-04-01"))
    assert resumed["resumes_training_id"] == first
    assert _credited(resumed) == ["GEN-SAFETY"]
    assert "GEN-SAFETY" not in resumed["still_needed"][0]["modules"]
    assert "CORE-SOIL" in resumed["still_needed"][0]["modules"]


async def test_a_module_shared_with_another_programme_is_credited_when_named(
    intake: Intake, huye: Workshop, musanze: Workshop
) -> None:
    person, first = await _transferred(intake, huye)
    plain = await musanze.read(await musanze.open(person, "MASONRY-L3", opened_on="2026-04-01"))
    assert _credited(plain) == []
    named = await musanze.open(person, "TAILORING-L3", opened_on="2026-04-01", resumes_training_id=first)
    assert _credited(await musanze.read(named)) == ["GEN-SAFETY"]


async def test_credits_travel_on_through_a_second_transfer(intake: Intake, huye: Workshop, musanze: Workshop) -> None:
    person, _ = await _transferred(intake, huye)
    second = await musanze.open(person, opened_on="2026-04-01")
    assert (await musanze.assess(second, "AGR-TOOLS", date(2026, 4, 2))).status_code == 201
    await intake.release(person, date(2026, 5, 1))
    await intake.admit("HUY", date(2026, 6, 1), person)
    third = await huye.read(await huye.open(person, opened_on="2026-06-02"))
    assert _credited(third) == ["GEN-SAFETY", "AGR-TOOLS"]


async def test_a_training_resumed_elsewhere_is_completed_there(
    intake: Intake, huye: Workshop, musanze: Workshop
) -> None:
    person, first = await _transferred(intake, huye)
    second = await musanze.open(person, opened_on="2026-04-01")
    late = await musanze.assess(first, "AGR-TOOLS", date(2026, 3, 1))
    assert late.json()["state"] == "TRANSFERRED_OUT"
    assert (await musanze.read(second))["state"] == "ENROLLED"


async def test_the_training_of_another_person_is_not_resumed(intake: Intake, huye: Workshop, musanze: Workshop) -> None:
    _, first = await _transferred(intake, huye)
    body = {
        "person_id": str(await intake.admit("MUS")),
        "programme_code": "AGRICULTURE-L1",
        "opened_on": "2026-04-01",
        "resumes_training_id": first,
    }
    answer = await musanze.caller.post("/v1/tvet/trainings", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "not-resumable")
