"""Events taken together leave what they leave one by one, for as many statements as one."""

from datetime import date

import pytest
from curriculum_scene import RELEASE, Custody, Office
from inzira_contracts import intake
from inzira_contracts.codes import LegalStatus
from inzira_contracts.event import Event
from inzira_platform.clock import kigali_midnight
from inzira_platform.ids import new_id
from inzira_platform.testing.stories import Somebody, Story, kept, tell_both_ways

TABLES = ("participant", "person_scope", "casework_consent", "enrolment", "enrolment_change")
BUT = ("cohort_id", "recorded_at", "created_at")


@pytest.mark.parametrize("seed", range(5))
async def test_together_as_one_by_one(custody: Custody, seed: int) -> None:
    people, others = ([Somebody(n) for n in range(4)] for _ in range(2))
    story, retold = Story(seed, people), Story(seed, others)
    await tell_both_ways(
        custody.deliveries,
        story.beginning() + story.events(40),
        retold.beginning() + retold.events(40),
        again=[0, 3, 7, 20],
    )
    told, one_by_one = [await kept(custody.deliveries, each, TABLES) for each in (people, others)]
    assert told == one_by_one
    assert await custody.deliveries.parked() == []


@pytest.mark.parametrize("seed", range(3))
async def test_enrolments_end_together_as_one_by_one(custody: Custody, office: Office, seed: int) -> None:
    people, others = ([Somebody(n) for n in range(2)] for _ in range(2))
    cohort = await office.open()
    for person in (*people, *others):
        custody.episodes[person.id] = person.episodes[0]
        await custody.send(custody.admission(person.id, "HUY", date(2024, 5, 6)), custody.dates(person.id, RELEASE))
        await office.enrol(cohort, person.id)
    await tell_both_ways(custody.deliveries, Story(seed, people).events(20), Story(seed, others).events(20))
    told, one_by_one = [await kept(custody.deliveries, each, TABLES, but=BUT) for each in (people, others)]
    assert told == one_by_one
    assert any("TRANSFERRED_OUT" in line or "RELEASED_EARLY" in line for line in told["enrolment"])


async def test_fifty_admissions_cost_as_many_statements_as_one(custody: Custody) -> None:
    counts = []
    for many in (1, 50):
        with custody.deliveries.counted() as sent:
            await custody.send(*(event for _ in range(many) for event in whole_admission(custody)))
        counts.append(len(sent))
    assert counts[0] == counts[1], sent
    assert await custody.deliveries.database.value("SELECT count(*) FROM participant") == 51


def whole_admission(custody: Custody) -> list[Event]:
    """All that intake tells when somebody comes with a sentence."""
    person, on = new_id(), date(2024, 5, 6)
    admission = custody.admission(person, "HUY", on)
    sentence = intake.SentenceRecorded(
        person_id=person,
        occurred_at=kigali_midnight(on),
        recorded_by="acc-intake",
        episode_id=admission.episode_id,
        sentence_id=new_id(),
        duration="P7Y",
        starts_on=on,
        legal_status=LegalStatus.CONVICTED_FINAL,
    )
    return [admission, sentence, custody.dates(person, RELEASE)]


async def test_what_cannot_be_read_holds_nobody_else_up(custody: Custody) -> None:
    """Of what is taken together one is not to be read: it alone is parked."""
    deliveries = custody.deliveries
    records = [deliveries.record(custody.admission(new_id(), "HUY", date(2024, 5, 6))) for _ in range(3)]
    unread = records[1].envelope
    assert unread is not None
    damaged = type(records[1])(**{**vars(records[1]), "payload": b"{}"})
    await deliveries.send_records(records[0], damaged, records[2])
    assert [(row["reason"], row["event_id"]) for row in await deliveries.parked()] == [("malformed", unread.id)]
    assert await deliveries.database.value("SELECT count(*) FROM participant") == 2
