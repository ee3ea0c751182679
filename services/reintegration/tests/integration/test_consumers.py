"""Custody events move cases along, whatever order and however late they come."""

from datetime import date, timedelta

from inzira_contracts import reintegration as told
from inzira_contracts.codes import CustodyState, ReleaseReason, Supervision
from inzira_platform.ids import new_id
from reintegration_scene import COMMUNITY, DUTY, SOON, TODAY, Intake, Office

LONG_AGO = date(2025, 9, 20)


async def test_a_case_opens_at_once_for_a_release_within_twelve_months(intake: Intake, office: Office) -> None:
    person = await intake.prospect(SOON)
    case = await office.case_of(person)
    assert (case["state"], case["worker_id"], case["org"]) == ("PRE_RELEASE", DUTY.worker_id, DUTY.org)
    events = await office.api.database.events()
    assert [type(event) for event in events] == [told.CaseOpened, told.WorkerAssigned, told.ScheduleComputed]
    assert len(await office.items(person)) == 8
    scope = await office.api.database.rows("SELECT * FROM person_scope WHERE person_id = $1", person)
    assert (scope[0]["worker_id"], scope[0]["org"], scope[0]["facility"]) == (DUTY.worker_id, DUTY.org, "HUY")


async def test_no_case_opens_for_a_release_far_away_or_unknown(intake: Intake, office: Office) -> None:
    await intake.prospect(TODAY + timedelta(days=500))
    await intake.prospect(None)
    assert await office.api.database.events() == []


async def test_dates_before_the_admission_wait_their_turn(intake: Intake, office: Office) -> None:
    person = new_id()
    deliveries = intake.deliveries
    admission = intake.admitted(person)
    first = deliveries.record(admission, version=1)
    second = deliveries.record(intake.dates(person, SOON), version=2)
    await deliveries.send_records(second)
    assert len(await deliveries.parked()) == 1
    await deliveries.send_records(first)
    await deliveries.release()
    assert await deliveries.parked() == []
    assert (await office.case_of(person))["state"] == "PRE_RELEASE"


async def test_a_moved_release_moves_the_milestones_and_says_why(intake: Intake, office: Office) -> None:
    person = await intake.prospect(SOON)
    before = await office.items(person)
    await intake.deliveries.send(intake.dates(person, SOON + timedelta(days=30)))
    after = await office.items(person)
    assert after["R7"]["due_on"] == SOON + timedelta(days=30)
    assert {item["cause"] for item in after.values()} == {"RELEASE_DATE_MOVED"}
    gone = await office.items(person, "CANCELLED")
    assert {item["cancelled_cause"] for item in gone.values()} == {"RELEASE_DATE_MOVED"}
    assert len(gone) == len(before) == len(after)
    last = (await office.api.database.events())[-1]
    assert isinstance(last, told.ScheduleComputed)
    assert last.cause == "RELEASE_DATE_MOVED"


async def test_a_release_date_withdrawn_takes_the_milestones_off(intake: Intake, office: Office) -> None:
    person = await intake.prospect(SOON)
    await intake.deliveries.send(intake.dates(person, None))
    assert await office.items(person) == {}
    assert (await office.case_of(person))["state"] == "PRE_RELEASE"


async def test_release_starts_the_follow_up_and_asks_for_the_handover(intake: Intake, office: Office) -> None:
    person = await intake.free(LONG_AGO, Supervision.PAROLE)
    case = await office.case_of(person)
    assert (case["state"], case["released_on"], case["opened_on"]) == ("FOLLOW_UP", LONG_AGO, date(2024, 9, 20))
    items = await office.items(person)
    assert {"D3", "M12", "L15", "LM12", "R8", "R10"} <= set(items)
    assert not {"R1", "R2", "R7"} & set(items)
    offers = await office.api.database.rows("SELECT * FROM handover WHERE person_id = $1", person)
    assert [(o["from_worker"], o["to_worker"], o["state"]) for o in offers] == [
        (DUTY.worker_id, COMMUNITY.worker_id, "OFFERED")
    ]
    assert case["worker_id"] == DUTY.worker_id
    names = [type(event).__name__ for event in await office.api.database.events()]
    assert names[-2:] == ["ScheduleComputed", "HandoverOffered"]


async def test_a_worker_somebody_chose_keeps_the_case_at_release(intake: Intake, office: Office) -> None:
    person = await intake.prospect(TODAY - timedelta(days=10))
    case = await office.case_of(person)
    await office.post(office.supervisor, f"cases/{case['id']}/assignments", {"worker_id": "acc-anna"})
    await intake.deliveries.send(intake.released(person, TODAY - timedelta(days=10)))
    assert await office.api.database.value("SELECT count(*) FROM handover") == 0
    assert (await office.items(person))["R8"]["state"] == "DONE"


async def test_a_release_without_a_case_opens_one_unless_acquitted(intake: Intake, office: Office) -> None:
    pardoned, acquitted = await intake.prospect(None), await intake.prospect(None)
    await intake.deliveries.send(
        intake.released(pardoned, LONG_AGO, reason=ReleaseReason.PARDON),
        intake.released(acquitted, LONG_AGO, reason=ReleaseReason.ACQUITTAL),
    )
    case = await office.case_of(pardoned)
    assert (case["trigger"], case["state"], case["opened_on"]) == ("RELEASED", "FOLLOW_UP", LONG_AGO)
    assert await office.api.database.value("SELECT count(*) FROM reintegration_case") == 1


async def test_death_closes_the_case_and_cancels_everything(intake: Intake, office: Office) -> None:
    person = await intake.free(LONG_AGO)
    await intake.deliveries.send(intake.died(person, date(2026, 2, 1)))
    case = await office.case_of(person)
    assert (case["state"], case["closure_code"], case["closed_on"]) == ("CLOSED", "DECEASED", date(2026, 2, 1))
    assert not await office.items(person, "DUE")
    assert not await office.items(person, "OVERDUE")
    live = "SELECT count(*) FROM worker_assignment WHERE ended_at IS NULL"
    assert await office.api.database.value(live) == 0
    assert await office.api.database.value("SELECT state FROM handover") == "WITHDRAWN"
    assert await office.api.database.value("SELECT worker_id FROM person_scope") is None


async def test_readmission_closes_the_case_and_the_next_release_opens_a_new_episode(
    intake: Intake, office: Office
) -> None:
    person = await intake.free(LONG_AGO)
    first = await office.case_of(person)
    await intake.deliveries.send(intake.admitted(person, date(2026, 3, 2), again=True))
    closed = await office.case_of(person)
    assert (closed["id"], closed["closure_code"]) == (first["id"], "RETURNED_TO_CUSTODY")
    await intake.deliveries.send(intake.dates(person, SOON))
    second = await office.case_of(person)
    assert second["previous_case_id"] == first["id"]
    assert second["state"] == "PRE_RELEASE"


async def test_dates_of_an_episode_that_is_over_change_nothing(intake: Intake, office: Office) -> None:
    person = await intake.prospect(None)
    await intake.deliveries.send(intake.dates(person, SOON, episode_id=new_id()))
    assert await office.api.database.value("SELECT count(*) FROM reintegration_case") == 0


async def test_a_release_of_another_episode_is_parked_with_its_reason(intake: Intake, office: Office) -> None:
    person = await intake.prospect(SOON)
    intake.episodes[person] = new_id()
    await intake.deliveries.send(intake.released(person, TODAY))
    parked = await intake.deliveries.parked()
    assert [row["detail"] for row in parked] == ["other-custody-episode"]


async def test_a_corrected_release_moves_what_is_not_done(intake: Intake, office: Office) -> None:
    person = await intake.free(TODAY - timedelta(days=1))
    await intake.deliveries.send(intake.corrected(person, "release", TODAY - timedelta(days=3)))
    assert (await office.case_of(person))["released_on"] == TODAY - timedelta(days=3)
    assert (await office.items(person))["D14"]["due_on"] == TODAY + timedelta(days=11)
    assert await office.api.database.value("SELECT count(*) FROM handover") == 1


async def test_moves_and_districts_are_followed(intake: Intake, office: Office) -> None:
    person = await intake.prospect(SOON)
    await intake.deliveries.send(intake.moved(person, "MUS"), intake.updated(person, "43"))
    case = await office.case_of(person)
    assert (case["facility"], case["district"], case["worker_id"]) == ("MUS", "43", DUTY.worker_id)
    scope = (await office.api.database.rows("SELECT * FROM person_scope"))[0]
    assert (scope["facility"], scope["district"]) == ("MUS", "43")


async def test_nobody_prepares_the_return_of_an_escaped_person(intake: Intake, office: Office) -> None:
    person = await intake.prospect(None)
    await intake.deliveries.send(intake.moved(person, None, CustodyState.ESCAPED), intake.dates(person, SOON))
    assert await intake.deliveries.scan("open-cases") == 0
    assert await office.api.database.events() == []


async def test_the_same_event_twice_does_nothing_more(intake: Intake, office: Office) -> None:
    person = new_id()
    deliveries = intake.deliveries
    admitted = deliveries.record(intake.admitted(person))
    computed = deliveries.record(intake.dates(person, SOON))
    released = deliveries.record(intake.released(person, TODAY))
    for record in (admitted, computed, computed, released, released, computed):
        await deliveries.send_records(record)
    names = [type(event).__name__ for event in await office.api.database.events()]
    assert names.count("DueChanged") == 1, "what is due first is the same before and after the release"
    assert [name for name in names if name != "DueChanged"] == [
        *("CaseOpened", "WorkerAssigned", "ScheduleComputed", "ScheduleComputed", "HandoverOffered"),
    ]
