"""What a transfer, a release, a death and a readmission do to trainings."""

from datetime import UTC, date, datetime
from uuid import UUID

from inzira_contracts.codes import CustodyState
from inzira_contracts.intake import PersonDied
from inzira_contracts.tvet import AttainmentStated, TrainingChanged
from inzira_platform.clock import kigali_midnight
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api
from inzira_platform.testing.deliveries import Deliveries
from tvet_scene import Intake, Workshop


async def _trainee(intake: Intake, huye: Workshop) -> tuple[UUID, str]:
    """A person with one module shown."""
    person = await intake.admit()
    training = await huye.open(person)
    assert (await huye.assess(training, "GEN-SAFETY")).status_code == 201
    return person, training


async def test_a_transfer_ends_the_training_with_a_statement(
    intake: Intake, huye: Workshop, musanze: Workshop, api: Api
) -> None:
    person, training = await _trainee(intake, huye)
    await intake.move(person, "MUS")
    shown = await musanze.read(training)
    assert (shown["state"], shown["state_on"]) == ("TRANSFERRED_OUT", "2026-03-09")
    assert shown["statements"][0]["modules"] == ["GEN-SAFETY"]
    changed, stated = (await api.database.events())[-2:]
    assert isinstance(changed, TrainingChanged)
    assert isinstance(stated, AttainmentStated)
    assert (changed.to_state, changed.recorded_by) == ("TRANSFERRED_OUT", "svc:tvet")
    assert (await huye.caller.get(f"/v1/tvet/trainings/{training}")).status_code == 404


async def test_departure_court_and_hospital_leave_a_training_alone(intake: Intake, huye: Workshop) -> None:
    person, training = await _trainee(intake, huye)
    await intake.move(person, "MUS", CustodyState.IN_TRANSIT, kind="TRANSFER_DEPARTED")
    await intake.move(person, None, CustodyState.HOSPITAL, kind="HOSPITAL_OUT")
    await intake.move(person, "HUY", CustodyState.IN_FACILITY, kind="HOSPITAL_IN")
    assert (await huye.read(training))["state"] == "ACTIVE"


async def test_a_release_ends_the_training_early_with_a_statement(intake: Intake, huye: Workshop) -> None:
    person, training = await _trainee(intake, huye)
    await intake.release(person)
    shown = await huye.read(training)
    assert (shown["state"], shown["state_on"]) == ("RELEASED_EARLY", "2026-04-01")
    assert shown["statements"][0]["issued_on"] == "2026-04-01"


async def test_without_a_module_there_is_no_statement(intake: Intake, huye: Workshop) -> None:
    person = await intake.admit()
    training = await huye.open(person)
    await intake.release(person)
    shown = await huye.read(training)
    assert (shown["state"], shown["statements"]) == ("RELEASED_EARLY", [])


async def test_a_death_closes_the_training(intake: Intake, huye: Workshop) -> None:
    person, training = await _trainee(intake, huye)
    await intake.die(person)
    shown = await huye.read(training)
    assert (shown["state"], shown["statements"]) == ("DECEASED", [])


async def test_who_completed_is_still_awarded_after_release(intake: Intake, huye: Workshop) -> None:
    person = await intake.admit()
    training = await huye.open(person)
    await huye.complete(training)
    await intake.release(person, date(2026, 7, 1))
    assert (await huye.read(training))["state"] == "COMPLETED"
    assert (await huye.award(training, awarded_on="2026-09-01")).status_code == 201


async def test_news_older_than_the_training_does_not_date_it_before_its_opening(intake: Intake, huye: Workshop) -> None:
    person, training = await _trainee(intake, huye)
    await intake.release(person, date(2025, 12, 1))
    shown = await huye.read(training)
    assert (shown["state"], shown["state_on"]) == ("RELEASED_EARLY", "2026-01-05")
    assert shown["changes"][-1]["changed_on"] == "2025-12-01"


async def test_a_late_movement_does_not_undo_a_later_one(intake: Intake, musanze: Workshop, api: Api) -> None:
    person = await intake.admit("HUY")
    await intake.move(person, "MUS", at=datetime(2026, 3, 9, 8, 0, tzinfo=UTC))
    training = await musanze.open(person, opened_on="2026-03-10")
    await intake.move(person, "RUB", at=datetime(2026, 2, 2, 8, 0, tzinfo=UTC))
    assert await api.database.value("SELECT state FROM training WHERE id = $1", UUID(training)) == "ENROLLED"
    assert await api.database.value("SELECT facility FROM participant") == "MUS"


async def test_a_readmission_begins_a_new_stay(intake: Intake, huye: Workshop, musanze: Workshop) -> None:
    person, first = await _trainee(intake, huye)
    await intake.release(person)
    await intake.admit("MUS", date(2026, 6, 1), person)
    second = await musanze.open(person, opened_on="2026-06-02")
    assert (await musanze.read(second))["resumes_training_id"] == first


async def test_an_event_before_the_admission_waits_its_turn_and_is_not_lost(
    deliveries: Deliveries, intake: Intake, huye: Workshop, api: Api
) -> None:
    person = new_id()
    died = PersonDied(
        person_id=person,
        occurred_at=kigali_midnight(date(2026, 4, 1)),
        recorded_by="acc-intake",
        died_on=date(2026, 4, 1),
    )
    await deliveries.send_records(deliveries.record(died, version=2))
    assert len(await deliveries.parked()) == 1
    assert await api.database.value("SELECT count(*) FROM participant") == 0
    await deliveries.send_records(deliveries.record(intake.admitted(person), version=1))
    await deliveries.release()
    assert await deliveries.parked() == []
    assert await api.database.value("SELECT custody_state FROM participant") == "DECEASED"


async def test_the_same_event_twice_changes_nothing_twice(
    deliveries: Deliveries, intake: Intake, huye: Workshop, api: Api
) -> None:
    person, training = await _trainee(intake, huye)
    died = PersonDied(
        person_id=person,
        occurred_at=kigali_midnight(date(2026, 4, 1)),
        recorded_by="acc-intake",
        died_on=date(2026, 4, 1),
    )
    record = deliveries.record(died)
    await deliveries.send_records(record, record)
    await deliveries.send_records(record)
    shown = await huye.read(training)
    assert [change["to_state"] for change in shown["changes"]] == ["ACTIVE", "DECEASED"]
    assert len([e for e in await api.database.events() if isinstance(e, TrainingChanged)]) == 2
