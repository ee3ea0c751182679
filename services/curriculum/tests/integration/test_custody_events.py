"""What custody's events do here: late, twice, and out of order."""

from datetime import date

from curriculum_scene import CODES, RELEASE, STARTS, Custody, Office, refused, written
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api

WEEK_9 = date(2026, 3, 2)


async def test_credits_travel_with_a_transferred_person(api: Api, custody: Custody, office: Office) -> None:
    person = await custody.admit()
    here = await office.open()
    first = await office.enrol(here, person)
    await office.teach(here, [first], CODES[:16])
    await custody.send(
        custody.movement(person, "TRANSFER_DEPARTED", "MUS", WEEK_9, "IN_TRANSIT"),
        custody.movement(person, "TRANSFER_RECEIVED", "MUS", WEEK_9),
    )
    musanze = Office(api, "MUS")
    refused(await office.caller.get(f"/v1/curriculum/enrolments/{first}"), 404, "enrolment-not-found")
    assert (await musanze.read(first))["state"] == "TRANSFERRED_OUT"
    there = await musanze.open()
    second = written(await musanze.try_enrol(there, person))
    assert (second["state"], second["continues_id"]) == ("ENROLLED", first)
    read = await musanze.read(second["id"])
    assert (read["enrolled_on"], read["progress"]["attended"]) == (str(WEEK_9), 16)
    assert read["changes"][0]["reason_code"] == "CONTINUES"
    await musanze.teach(there, [second["id"]], CODES[16:])
    written(await musanze.test(second["id"], "POST", 65, date(2026, 6, 22)))
    done = written(await musanze.complete(second["id"]))
    assert (done["state"], done["sessions_attended"]) == ("COMPLETED", 48)


async def test_a_late_joiner_with_credits_has_missed_only_what_they_missed(
    api: Api, custody: Custody, office: Office
) -> None:
    person, other = await custody.admit(), await custody.admit("MUS")
    here = await office.open()
    first = await office.enrol(here, person)
    await office.teach(here, [first], CODES[:16])
    musanze = Office(api, "MUS")
    there = await musanze.open()
    await musanze.teach(there, [await musanze.enrol(there, other)], CODES[:18])
    await custody.send(custody.movement(person, "TRANSFER_RECEIVED", "MUS", date(2026, 3, 10)))
    progress = (await musanze.read(await musanze.enrol(there, person)))["progress"]
    assert (progress["attended"], progress["missed"]) == (16, 2)


async def test_a_release_ends_an_enrolment_and_late_facts_complete_it(
    api: Api, custody: Custody, office: Office
) -> None:
    person = await custody.admit()
    cohort = await office.open()
    enrolment = await office.enrol(cohort, person)
    await office.teach(cohort, [enrolment], CODES[:46])
    await custody.send(custody.released(person, date(2026, 7, 10)))
    read = await office.read(enrolment)
    assert (read["state"], read["since_on"], read["continuation_offered"]) == ("RELEASED_EARLY", "2026-07-10", True)
    await office.teach(cohort, [enrolment], CODES[46:])
    written(await office.test(enrolment, "POST", 65, date(2026, 7, 1)))
    assert written(await office.complete(enrolment))["state"] == "COMPLETED"
    assert (await office.read(enrolment))["changes"][-1]["reason_code"] == "RULES_MET_BEFORE_LEAVING"


async def test_nothing_is_marked_after_the_release(custody: Custody, office: Office) -> None:
    person = await custody.admit()
    cohort = await office.open()
    enrolment = await office.enrol(cohort, person)
    written(await office.mark(cohort, "M1-S1", {enrolment: "P"}))
    await custody.send(custody.released(person, date(2026, 2, 1)))
    refused(await office.mark(cohort, "M1-S2", {enrolment: "P"}, date(2026, 2, 2)), 409, "enrolment-not-under-way")


async def test_a_death_ends_everything_and_is_final(api: Api, custody: Custody, office: Office) -> None:
    person = await custody.admit()
    cohort = await office.open()
    enrolment = await office.enrol(cohort, person)
    await custody.send(custody.died(person, WEEK_9))
    assert (await office.read(enrolment))["state"] == "DECEASED"
    event = (await api.database.events())[-1]
    assert (event.to_state, event.reason_code, event.recorded_by) == ("DECEASED", "DEATH", "svc:curriculum")
    answer = await office.try_enrol(cohort, person)
    assert refused(answer, 409, "not-eligible")["obstacles"].startswith("DECEASED")


async def test_what_was_achieved_survives_release_and_death(custody: Custody, office: Office) -> None:
    person = await custody.admit()
    cohort = await office.open()
    enrolment = await office.enrol(cohort, person)
    await office.teach(cohort, [enrolment])
    written(await office.test(enrolment, "POST", 65, date(2026, 6, 22)))
    written(await office.complete(enrolment))
    await custody.send(custody.released(person, date(2026, 9, 1)), custody.died(person, date(2026, 10, 1)))
    assert (await office.read(enrolment))["state"] == "COMPLETED"
    written(await office.caller.post(f"/v1/curriculum/cohorts/{cohort}/certificates", json={}))


async def test_readmission_continues_the_credits_of_the_same_version(custody: Custody, office: Office) -> None:
    person = await custody.admit()
    cohort = await office.open()
    first = await office.enrol(cohort, person)
    await office.teach(cohort, [first], CODES[:10])
    await custody.send(custody.released(person, date(2026, 3, 1)))
    custody.episodes.pop(person)
    await custody.admit(person_id=person, on=date(2026, 6, 1), release=date(2027, 6, 1))
    again = await office.open(date(2026, 7, 1))
    second = written(await office.try_enrol(again, person))
    assert (second["continues_id"], (await office.read(second["id"]))["progress"]["attended"]) == (first, 10)


async def test_a_release_of_an_earlier_episode_leaves_the_present_one_alone(custody: Custody, office: Office) -> None:
    person = await custody.admit()
    old = custody.released(person, date(2026, 3, 1))
    custody.episodes.pop(person)
    await custody.admit(person_id=person, on=date(2026, 6, 1), release=date(2027, 6, 1))
    enrolment = await office.enrol(await office.open(date(2026, 7, 1)), person)
    await custody.send(old)
    assert (await office.read(enrolment))["state"] == "ENROLLED"


async def test_an_event_delivered_twice_acts_once(api: Api, custody: Custody, office: Office) -> None:
    person = await custody.admit()
    enrolment = await office.enrol(await office.open(), person)
    record = custody.deliveries.record(custody.released(person, WEEK_9))
    await custody.deliveries.send_records(record)
    await custody.deliveries.send_records(record, record)
    assert (await office.read(enrolment))["state"] == "RELEASED_EARLY"
    changes = [event for event in await api.database.events() if event.type == "inzira.curriculum.enrolment.changed.v1"]
    assert len(changes) == 1


async def test_an_event_that_comes_too_early_waits_its_turn(custody: Custody, office: Office) -> None:
    person = new_id()
    admission = custody.deliveries.record(custody.admission(person, "HUY", date(2024, 5, 6)))
    dates = custody.deliveries.record(custody.dates(person, RELEASE))
    await custody.deliveries.send_records(dates)
    assert [row["reason"] for row in await custody.deliveries.parked()] == ["gap"]
    await custody.deliveries.send_records(admission)
    await custody.deliveries.release()
    assert await custody.deliveries.parked() == []
    written(await office.try_enrol(await office.open(), person))


async def test_a_movement_told_late_does_not_move_anybody_back(custody: Custody, office: Office) -> None:
    person = await custody.admit("MUS", on=date(2024, 1, 1))
    await custody.send(custody.movement(person, "TRANSFER_RECEIVED", "HUY", date(2025, 6, 1)))
    enrolment = await office.enrol(await office.open(), person)
    await custody.send(custody.movement(person, "HOSPITAL_OUT", None, date(2024, 8, 1), "HOSPITAL"))
    assert (await office.read(enrolment))["state"] == "ENROLLED"
    written(await office.mark((await office.read(enrolment))["cohort_id"], "M1-S1", {enrolment: "P"}, STARTS))


async def test_hospital_and_court_leave_the_enrolment_alone(custody: Custody, office: Office) -> None:
    person = await custody.admit()
    enrolment = await office.enrol(await office.open(), person)
    await custody.send(
        custody.movement(person, "HOSPITAL_OUT", None, WEEK_9, "HOSPITAL"),
        custody.movement(person, "HOSPITAL_IN", "HUY", WEEK_9),
    )
    assert (await office.read(enrolment))["state"] == "ENROLLED"


async def test_new_dates_change_who_is_eligible(custody: Custody, office: Office) -> None:
    person = await custody.admit(release=date(2040, 1, 1))
    cohort = await office.open()
    refused(await office.try_enrol(cohort, person), 409, "not-eligible")
    await custody.send(custody.dates(person, RELEASE))
    written(await office.try_enrol(cohort, person))
