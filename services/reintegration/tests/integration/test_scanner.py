"""What time does by itself, once and only once, and after any downtime."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from inzira_contracts import reintegration as told
from inzira_platform.clock import FixedClock
from inzira_platform.ids import new_id
from inzira_reintegration.prospect.domain import window_opens_on
from inzira_reintegration.ruleset import rules_on
from reintegration_scene import SOON, TODAY, Intake, Office


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


async def test_cases_open_when_their_window_opens_and_only_once(
    intake: Intake, office: Office, clock: FixedClock
) -> None:
    far = TODAY + timedelta(days=500)
    people = [await intake.prospect(far) for _ in range(3)]
    assert await intake.deliveries.scan("open-cases") == 0
    clock.set(noon(far - timedelta(days=200)))
    assert await intake.deliveries.scan("open-cases") == 3
    assert await intake.deliveries.scan("open-cases") == 0
    cases = await office.api.database.rows("SELECT person_id, opened_on FROM reintegration_case")
    assert {row["person_id"] for row in cases} == set(people)
    assert {row["opened_on"] for row in cases} == {window_opens_on(far, rules_on(TODAY).opening)}
    carried = "SELECT count(*) FROM person_scope WHERE worker_id IS NOT NULL"
    assert await office.api.database.value(carried) == 3


async def test_more_cases_than_one_batch_are_opened_in_several(
    intake: Intake, office: Office, clock: FixedClock
) -> None:
    people = [new_id() for _ in range(130)]
    far = TODAY + timedelta(days=500)
    await intake.deliveries.send(*(intake.admitted(person) for person in people))
    await intake.deliveries.send(*(intake.dates(person, far) for person in people))
    clock.set(noon(far))
    assert await intake.deliveries.scan("open-cases") == 130
    assert len(await office.api.database.events()) == 130 * 3


async def test_missed_windows_climb_from_worker_to_supervisor_to_lost_contact(
    intake: Intake, office: Office, clock: FixedClock
) -> None:
    person = await intake.free(TODAY)
    assert await intake.deliveries.scan("mark-overdue") == 0
    clock.set(noon(TODAY + timedelta(days=6)))
    await intake.deliveries.scan("mark-overdue")
    assert await intake.deliveries.scan("mark-overdue") == 0
    missed = await office.items(person, "OVERDUE")
    assert set(missed) == {"D3", "R8"}
    assert missed["D3"]["escalation"] == "WORKER"
    clock.set(noon(TODAY + timedelta(days=8)))
    assert await intake.deliveries.scan("escalate-overdue") == 2
    assert await intake.deliveries.scan("lost-contact") == 0
    clock.set(noon(TODAY + timedelta(days=19)))
    assert await intake.deliveries.scan("lost-contact") == 1
    assert await intake.deliveries.scan("lost-contact") == 0
    assert set(await office.items(person)) >= {"LC1", "LC2", "LC3", "LC4"}
    assert isinstance((await office.api.database.events())[-1], told.LostContact)
    assert (await office.items(person))["D3"]["escalation"] == "LOST_CONTACT"


async def test_a_visit_ends_the_search(intake: Intake, office: Office, clock: FixedClock) -> None:
    person = await intake.free(TODAY)
    await office.take_over(person)
    clock.set(noon(TODAY + timedelta(days=19)))
    for name in ("mark-overdue", "lost-contact"):
        await intake.deliveries.scan(name)
    case = await office.case_of(person)
    fresh = Office(office.api)
    visit = {"kind": "PHONE", "held_on": str(TODAY + timedelta(days=18))}
    await fresh.post(fresh.worker, f"cases/{case['id']}/visits", visit)
    assert (await office.case_of(person))["lost_contact_on"] is None
    assert {code for code in await office.items(person) if code.startswith("LC")} == set()
    assert await intake.deliveries.scan("lost-contact") == 0


async def test_nobody_is_lost_who_was_learned_of_today(intake: Intake, office: Office) -> None:
    person = await intake.free(date(2025, 9, 20))
    await intake.deliveries.scan("mark-overdue")
    assert "D3" in await office.items(person, "OVERDUE")
    assert await intake.deliveries.scan("escalate-overdue") == 0
    assert await intake.deliveries.scan("lost-contact") == 0


async def test_an_optional_item_is_simply_over(intake: Intake, office: Office, clock: FixedClock) -> None:
    person = await intake.prospect(SOON)
    clock.set(noon(SOON))
    await intake.deliveries.scan("mark-overdue")
    gone = await office.items(person, "CANCELLED")
    assert gone["R5"]["cancelled_cause"] == "OPTIONAL_PASSED"


async def test_offers_not_answered_in_time_go_up_and_the_holder_stays(
    intake: Intake, office: Office, clock: FixedClock
) -> None:
    person = await intake.free(TODAY)
    before = (await office.case_of(person))["worker_id"]
    assert await intake.deliveries.scan("handover-deadline") == 0
    clock.set(clock.now() + timedelta(hours=73))
    assert await intake.deliveries.scan("handover-deadline") == 1
    assert await intake.deliveries.scan("handover-deadline") == 0
    assert (await office.case_of(person))["worker_id"] == before
    event = (await office.api.database.events())[-1]
    assert isinstance(event, told.HandoverEscalated)
    await Office(office.api).take_over(person)
    assert (await office.case_of(person))["worker_id"] != before


async def raise_flag(office: Office, person: UUID, level: str) -> str:
    case = await office.case_of(person)
    flag = await office.post(office.duty, f"cases/{case['id']}/flags", {"level": level, "domain_code": "D8"})
    return str(flag["id"])


@pytest.mark.parametrize(("level", "hours"), [("RED", 1), ("AMBER", 24), ("YELLOW", 100)])
async def test_flags_climb_when_their_clock_passes_and_stop_at_the_top(
    intake: Intake, office: Office, clock: FixedClock, level: str, hours: int
) -> None:
    flag = await raise_flag(office, await intake.free(TODAY), level)
    assert await intake.deliveries.scan("flag-clock") == 0
    for step in (1, 2, 3):
        clock.set(clock.now() + timedelta(hours=hours, minutes=1))
        assert await intake.deliveries.scan("flag-clock") == 1
        row = (await office.api.database.rows("SELECT * FROM flag WHERE id = $1", UUID(flag)))[0]
        assert (row["escalation"], row["state"]) == (step, "RAISED")
    clock.set(clock.now() + timedelta(days=9))
    assert await intake.deliveries.scan("flag-clock") == 0
    event = (await office.api.database.events())[-1]
    assert isinstance(event, told.FlagChanged)
    assert (event.from_state, event.to_state, event.reason_code) == ("RAISED", "RAISED", "CLOCK_PASSED")


async def test_a_closed_case_has_no_deadlines(intake: Intake, office: Office, clock: FixedClock) -> None:
    person = await intake.free(TODAY)
    await raise_flag(office, person, "RED")
    await intake.deliveries.send(intake.died(person, TODAY))
    clock.set(noon(TODAY + timedelta(days=60)))
    for name in ("mark-overdue", "escalate-overdue", "lost-contact", "handover-deadline", "flag-clock"):
        assert await intake.deliveries.scan(name) == 0
