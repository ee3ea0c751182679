"""A batch taken at once leaves what its events would have left one by one."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import pytest
from gateway_scene import AT, Person
from inzira_contracts.event import Event
from inzira_contracts.intake import FactCorrected
from inzira_platform.delivery import Incoming
from inzira_platform.ids import new_id
from inzira_platform.testing.deliveries import Deliveries
from partner_scene import consent, withdrawal

AXES = (
    "stage, custody_state, facility, incoming_facility, curriculum_state, tvet_state, case_state, worker_id, org, "
    "return_district, expected_release_on, released_on, case_closed_on, next_due_on, versions"
)
Told = list[tuple[int, list[str]]]


def road_of(person: Person) -> list[list[Event]]:
    """What happens to somebody, by stream: the order within a stream is fixed, across streams it is not."""
    case, given = new_id(), consent(person.id)
    intake = [person.admitted(), person.dated("2027-01-31"), person.admitted(return_district="11"), person.released()]
    reintegration = [person.case_opened(case), person.assigned(case, "w1"), person.handed_over(case, "w2", "DIDE")]
    return [intake, [person.enrolled(), person.certified()], reintegration, [given, withdrawal(given)]]


def woven(people: Sequence[Person], dice: random.Random) -> list[Event]:
    """The roads of several persons, mixed as the dice fall, each stream in its order."""
    streams = [list(stream) for person in people for stream in road_of(person)]
    events = []
    while streams:
        stream = dice.choice(streams)
        events.append(stream.pop(0))
        streams = [left for left in streams if left]
    return events


def in_pieces(records: list[Incoming], dice: random.Random) -> list[list[Incoming]]:
    pieces = []
    while records:
        size = dice.randint(1, 12)
        pieces.append(records[:size])
        records = records[size:]
    return pieces


def stream_of(event: Event) -> str:
    consent_id = getattr(event, "consent_id", None)
    return f"consent:{consent_id}" if consent_id else event.stream


async def left_of(deliveries: Deliveries, people: Sequence[Person]) -> tuple[list[Any], list[Any], Told, list[Any]]:
    """Heads, reach, feed and entries of these persons, with their places instead of their ids."""
    place = {person.id: number for number, person in enumerate(people)}
    ids = list(place)
    rows = deliveries.database.rows
    heads = await rows(f"SELECT person_id, {AXES} FROM person_head WHERE person_id = ANY($1)", ids)  # noqa: S608 - columns above
    reach = await rows(
        "SELECT person_id, facility, incoming_facility, org, worker_id, district, custody_state FROM person_scope "
        "WHERE person_id = ANY($1)",
        ids,
    )
    told = await rows("SELECT person_id, changed FROM feed_event WHERE person_id = ANY($1) ORDER BY position", ids)
    entries = await rows("SELECT person_id, summary_code, version FROM journey_entry WHERE person_id = ANY($1)", ids)

    def plain(found: list[dict[str, Any]]) -> list[Any]:
        return sorted((place[row["person_id"]], *map(str, list(row.values())[1:])) for row in found)

    return plain(heads), plain(reach), [(place[row["person_id"]], row["changed"]) for row in told], plain(entries)


@pytest.mark.parametrize("seed", range(6))
async def test_batches_of_any_size_leave_what_single_events_leave(deliveries: Deliveries, seed: int) -> None:
    singly, together = ([Person(new_id()) for _ in range(3)] for _ in range(2))
    one, many = random.Random(seed), random.Random(seed)  # noqa: S311 - repeatable
    for event in woven(singly, one):
        await deliveries.send(event, stream=stream_of(event))
    records = [deliveries.record(event, stream=stream_of(event)) for event in woven(together, many)]
    for piece in in_pieces(records, many):
        await deliveries.send_records(*piece)
    assert await deliveries.parked() == []
    expected = await left_of(deliveries, singly)
    assert await left_of(deliveries, together) == expected
    assert len(expected[0]) == 3 and len(expected[2]) > 20


async def test_a_correction_and_what_it_corrects_in_one_batch(deliveries: Deliveries) -> None:
    person, wrong = Person(new_id()), new_id()
    correction = FactCorrected.model_validate({
        "person_id": person.id, "occurred_at": AT, "recorded_by": "acc-intake", "episode_id": new_id(),
        "fact": "admission", "fact_id": new_id(), "supersedes": wrong,
    })  # fmt: skip
    first = deliveries.record(person.admitted(), event_id=wrong)
    await deliveries.send_records(first, deliveries.record(correction), first)
    head = (await deliveries.database.rows("SELECT stage, versions FROM person_head"))[0]
    assert (head["stage"], head["versions"]) == ("ADMITTED", '{"intake": 2}')
    assert await deliveries.database.value("SELECT count(*) FROM journey_entry") == 2


async def test_two_batches_about_the_same_persons_at_the_same_moment_take_turns(deliveries: Deliveries) -> None:
    people = [Person(new_id()) for _ in range(20)]
    custody = [deliveries.record(person.admitted()) for person in people]
    case = [deliveries.record(person.case_opened(new_id())) for person in reversed(people)]
    course = [deliveries.record(person.enrolled()) for person in people[7:] + people[:7]]
    await asyncio.gather(*(deliveries.send_records(*records) for records in (custody, case, course)))
    heads = await deliveries.database.rows("SELECT custody_state, case_state, curriculum_state FROM person_head")
    assert [tuple(head.values()) for head in heads] == [("IN_FACILITY", "OPEN", "ENROLLED")] * len(people)
    positions = await deliveries.database.rows("SELECT position FROM feed_event ORDER BY position")
    assert [row["position"] for row in positions] == list(range(1, len(positions) + 1))


async def test_an_entry_that_was_there_already_is_not_told_as_new(deliveries: Deliveries) -> None:
    """A journal brought it, and the inbox had forgotten it: the entry stays as it is and the head is the same."""
    person = Person(new_id())
    record = deliveries.record(person.admitted())
    await deliveries.send_records(record)
    before = await left_of(deliveries, [person])
    await deliveries.database.execute("DELETE FROM inbox")
    await deliveries.database.execute("DELETE FROM consumed_stream")
    await deliveries.send_records(record)
    assert await left_of(deliveries, [person]) == before
