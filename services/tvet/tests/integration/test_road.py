"""One trainee from opening to award, as an instructor works."""

from datetime import date

from inzira_platform.testing.database import ServiceDatabase
from tvet_scene import Intake, Workshop


async def test_a_trainee_goes_from_enrolment_to_award(
    intake: Intake, huye: Workshop, database: ServiceDatabase
) -> None:
    training = await huye.open(await intake.admit())
    assert (await huye.read(training))["state"] == "ENROLLED"
    await huye.complete(training)
    complete = await huye.read(training)
    assert complete["state"] == "COMPLETED"
    assert complete["still_needed"] == []
    assert (await huye.award(training)).status_code == 201
    awarded = await huye.read(training)
    assert awarded["state"] == "AWARDED"
    assert awarded["award"]["certificate"] == "Vocational level 1"
    changes = [(change["from_state"], change["to_state"]) for change in awarded["changes"]]
    assert changes == [("ENROLLED", "ACTIVE"), ("ACTIVE", "COMPLETED"), ("COMPLETED", "AWARDED")]
    kinds = [event.type.removeprefix("inzira.tvet.") for event in await database.events()]
    assert kinds[:3] == ["training.opened.v1", "training.changed.v1", "attendance.recorded.v1"]
    assert kinds.count("module.assessed.v1") == 6
    assert kinds[-4:] == [
        "integrated.assessed.v1",
        "training.changed.v1",
        "training.changed.v1",
        "award.granted.v1",
    ]


async def test_late_facts_complete_a_training_after_release(intake: Intake, huye: Workshop) -> None:
    person = await intake.admit()
    training = await huye.open(person)
    await huye.attend([training], date(2026, 1, 5))
    await intake.release(person, date(2026, 6, 30))
    assert (await huye.read(training))["state"] == "RELEASED_EARLY"
    for module in (await huye.read(training))["modules"]:
        assert (await huye.assess(training, module["code"], date(2026, 6, 1))).status_code == 201
    late = await huye.assess_whole(training, date(2026, 7, 1))
    assert late.status_code == 409
    assert late.json()["code"] == "training-ended"
    assert (await huye.assess_whole(training, date(2026, 6, 30))).json()["state"] == "COMPLETED"
    assert (await huye.award(training)).status_code == 201
