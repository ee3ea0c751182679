"""Events taken together leave what they leave one by one, for as many statements as one."""

from datetime import timedelta

import pytest
from inzira_contracts.event import Event
from inzira_contracts.reintegration import CaseOpened
from inzira_platform.ids import new_id
from inzira_platform.testing.consents import agreement
from inzira_platform.testing.deliveries import Deliveries
from inzira_platform.testing.stories import Somebody, Story, kept, tell_both_ways
from reintegration_scene import ORG, SOON, TODAY, Intake, Office

TABLES = (
    *("prospect", "person_scope", "casework_consent", "reintegration_case", "due_item"),
    *("worker_assignment", "handover"),
)


@pytest.mark.parametrize(("seed", "confused"), [(0, False), (1, False), (2, False), (3, False), (4, True), (5, True)])
async def test_together_as_one_by_one(deliveries: Deliveries, seed: int, confused: bool) -> None:
    people, others = ([Somebody(n) for n in range(4)] for _ in range(2))
    story, retold = Story(seed, people, confused=confused), Story(seed, others, confused=confused)
    await tell_both_ways(
        deliveries,
        story.beginning() + story.events(30),
        retold.beginning() + retold.events(30),
        again=[0, 3, 7, 20],
    )
    told, one_by_one = [await kept(deliveries, each, TABLES) for each in (people, others)]
    assert told == one_by_one
    assert (told["parked"] == []) is not confused


async def test_fifty_admissions_cost_as_many_statements_as_one(intake: Intake) -> None:
    counts = []
    for many in (1, 50):
        with intake.deliveries.counted() as sent:
            await intake.deliveries.send(*(event for _ in range(many) for event in whole_admission(intake)))
        counts.append(len(sent))
    assert counts[0] == counts[1], sent
    assert await intake.deliveries.database.value("SELECT count(*) FROM prospect") == 51


async def test_fifty_cases_that_open_at_once_cost_as_many_statements_as_one(intake: Intake, office: Office) -> None:
    counts = []
    for many in (1, 50):
        with intake.deliveries.counted() as sent:
            await intake.deliveries.send(*(event for _ in range(many) for event in whole_admission(intake, 300)))
        counts.append(len(sent))
    assert counts[0] == counts[1], sent
    assert await office.api.database.value("SELECT count(*) FROM reintegration_case") == 51
    # each is told of by the event that made it due, in the transaction of that event's effects
    rows = await office.api.database.rows(
        "SELECT DISTINCT stream, headers ->> 'causationid' AS cause FROM outbox WHERE topic = 'inzira.reintegration'"
    )
    assert len({row["stream"] for row in rows}) == len({row["cause"] for row in rows}) == len(rows) == 51


def whole_admission(intake: Intake, days: int = 3000) -> list[Event]:
    """What intake tells of somebody whose sentence ends in so many days: more than a year, and no case is due."""
    person = new_id()
    return [intake.admitted(person), intake.dates(person, TODAY + timedelta(days=days)), agreement(person, ORG)]


async def test_each_case_names_the_event_that_opened_it(intake: Intake, office: Office) -> None:
    people = [new_id() for _ in range(2)]
    admissions = [intake.deliveries.record(intake.admitted(person)) for person in people]
    dates = [intake.deliveries.record(intake.dates(person, SOON)) for person in people]
    await intake.deliveries.send_records(*admissions, *dates)
    rows = await office.api.database.rows(
        "SELECT stream, headers ->> 'causationid' AS cause FROM outbox WHERE type = $1", CaseOpened.type
    )
    caused = {record.envelope.partitionkey: str(record.envelope.id) for record in dates if record.envelope}
    assert {row["stream"]: row["cause"] for row in rows} == caused


async def test_a_case_that_opened_in_the_batch_ends_in_it(intake: Intake, office: Office) -> None:
    person = new_id()
    admitted, dated = intake.admitted(person), intake.dates(person, SOON)
    await intake.deliveries.send(admitted, dated, intake.died(person, TODAY))
    assert await intake.deliveries.parked() == []
    rows = await office.api.database.rows("SELECT state, closure_code FROM reintegration_case")
    assert [(row["state"], row["closure_code"]) for row in rows] == [("CLOSED", "DECEASED")]


async def test_who_waits_holds_nobody_else_up(intake: Intake) -> None:
    early, person, other = new_id(), new_id(), new_id()
    intake.episodes[early] = new_id()
    await intake.deliveries.send(intake.admitted(person), intake.dates(early, SOON), intake.admitted(other))
    parked = await intake.deliveries.parked()
    assert [(row["reason"], row["key"]) for row in parked] == [("waiting", f"intake|person:{early}")]
    assert await intake.deliveries.database.value("SELECT count(*) FROM prospect") == 2
