"""Events taken together leave what they leave one by one, for as many statements as one."""

from datetime import date

import pytest
from inzira_contracts.tvet import TrainingChanged
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api
from inzira_platform.testing.deliveries import Deliveries
from inzira_platform.testing.stories import Somebody, Story, kept, tell_both_ways
from tvet_scene import Intake, Workshop

TABLES = ("participant", "person_scope", "casework_consent", "training", "attainment_statement")


@pytest.mark.parametrize("seed", range(5))
async def test_together_as_one_by_one(deliveries: Deliveries, seed: int) -> None:
    people, others = ([Somebody(n) for n in range(4)] for _ in range(2))
    story, retold = Story(seed, people), Story(seed, others)
    await tell_both_ways(
        deliveries,
        story.beginning() + story.events(40),
        retold.beginning() + retold.events(40),
        again=[0, 3, 7, 20],
    )
    assert await kept(deliveries, people, TABLES) == await kept(deliveries, others, TABLES)
    assert await deliveries.parked() == []


@pytest.mark.parametrize("seed", range(3))
async def test_trainings_end_together_as_one_by_one(
    deliveries: Deliveries, intake: Intake, huye: Workshop, seed: int
) -> None:
    people, others = ([Somebody(n) for n in range(2)] for _ in range(2))
    for person in (*people, *others):
        await intake.admit(person_id=person.id)
        await huye.assess(await huye.open(person.id), "GEN-SAFETY")
    await tell_both_ways(deliveries, Story(seed, people).events(20), Story(seed, others).events(20))
    assert await kept(deliveries, people, TABLES) == await kept(deliveries, others, TABLES)


async def test_each_ending_names_the_event_that_caused_it(intake: Intake, huye: Workshop, api: Api) -> None:
    people = [await intake.admit() for _ in range(2)]
    for person in people:
        await huye.open(person)
    records = [intake.deliveries.record(intake.released(person, date(2026, 4, 1))) for person in people]
    await intake.deliveries.send_records(*records)
    rows = await api.database.rows(
        "SELECT stream, headers ->> 'causationid' AS cause FROM outbox WHERE type = $1 ORDER BY seq DESC LIMIT 2",
        TrainingChanged.type,
    )
    caused = {record.envelope.partitionkey: str(record.envelope.id) for record in records if record.envelope}
    assert {row["stream"]: row["cause"] for row in rows} == caused


async def test_fifty_admissions_cost_as_many_statements_as_one(deliveries: Deliveries, intake: Intake) -> None:
    counts = []
    for many in (1, 50):
        with deliveries.counted() as sent:
            await deliveries.send(*(intake.admitted(new_id()) for _ in range(many)))
        counts.append(len(sent))
    assert counts[0] == counts[1], sent
    assert await deliveries.database.value("SELECT count(*) FROM participant") == 51


async def test_who_waits_holds_nobody_else_up(deliveries: Deliveries, intake: Intake) -> None:
    early, person, other = new_id(), new_id(), new_id()
    await deliveries.send(
        intake.admitted(person), intake.released(early, date(2026, 4, 1)), intake.admitted(other, "MUS")
    )
    assert [(row["reason"], row["key"]) for row in await deliveries.parked()] == [("waiting", f"intake|person:{early}")]
    rows = await deliveries.database.rows("SELECT person_id FROM participant")
    assert {row["person_id"] for row in rows} == {person, other}
    assert await deliveries.database.value("SELECT count(*) FROM person_scope") == 2
