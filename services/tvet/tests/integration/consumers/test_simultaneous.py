"""A training is opened in the same instant as somebody leaves: whoever comes second sees what the first did."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import httpx2
import pytest
from inzira_contracts.codes import CustodyState
from inzira_contracts.event import Event
from inzira_contracts.intake import PersonDied, PersonMoved
from inzira_contracts.tvet import TrainingChanged
from inzira_platform.clock import kigali_midnight
from inzira_platform.ids import new_id
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.testing.simultaneous import before_moving_on_from, before_telling_of, deadlocks, one_into_another
from inzira_tvet.main import SERVICE
from tvet_scene import OPENED, Intake, Workshop

LEFT = date(2026, 4, 1)
Leaving = Callable[[UUID], Event]


def released(person: UUID) -> Event:
    return Intake.released(person, LEFT)


def died(person: UUID) -> Event:
    return PersonDied(person_id=person, occurred_at=kigali_midnight(LEFT), recorded_by="acc-intake", died_on=LEFT)


def transferred(person: UUID) -> Event:
    return PersonMoved(
        person_id=person,
        occurred_at=datetime(2026, 4, 1, 8, tzinfo=UTC),
        recorded_by="acc-intake",
        episode_id=new_id(),
        movement_id=new_id(),
        kind="TRANSFER_RECEIVED",
        from_facility="HUY",
        to_facility="MUS",
        custody_state=CustodyState.IN_FACILITY,
    )


LEAVINGS = [
    (released, "RELEASED_EARLY", "not-in-custody"),
    (died, "DECEASED", "not-in-custody"),
    (transferred, "TRANSFERRED_OUT", "held-elsewhere"),
]


class Instant:
    """Somebody who leaves with others in one batch, or one by one behind an event that must wait; and an instructor."""

    def __init__(self, database: ServiceDatabase, intake: Intake, workshop: Workshop, together: bool) -> None:
        self.database, self.intake, self.workshop, self.together = database, intake, workshop, together

    async def leaves(self, person: UUID, leaving: Leaving) -> None:
        other = await self.intake.admit() if self.together else new_id()
        await self.intake.deliveries.send(released(other), leaving(person))

    async def open(self, person: UUID) -> httpx2.Response:
        given = {"person_id": str(person), "programme_code": "AGRICULTURE-L1", "opened_on": str(OPENED)}
        return await self.workshop.caller.post("/v1/tvet/trainings", given)

    async def state(self, person: UUID) -> Any:  # noqa: ANN401 - any column
        return await self.database.value("SELECT state FROM training WHERE person_id = $1", person)


@pytest.fixture(params=[True, False], ids=["together", "one by one"])
def instant(request: pytest.FixtureRequest, database: ServiceDatabase, intake: Intake, huye: Workshop) -> Instant:
    """Both ways a consumer takes events."""
    return Instant(database, intake, huye, request.param)


@pytest.mark.parametrize(("leaving", "state", "code"), LEAVINGS)
async def test_what_is_opened_first_is_ended(instant: Instant, leaving: Leaving, state: str, code: str) -> None:
    person = await instant.intake.admit()
    answer, _ = await one_into_another(
        instant.database, before_telling_of(person), instant.open(person), instant.leaves(person, leaving)
    )
    assert (answer.status_code, await instant.state(person)) == (201, state), code


@pytest.mark.parametrize(("leaving", "state", "code"), LEAVINGS)
async def test_whoever_has_left_first_is_refused(instant: Instant, leaving: Leaving, state: str, code: str) -> None:
    person = await instant.intake.admit()
    _, answer = await one_into_another(
        instant.database,
        before_moving_on_from(person, SERVICE.consumer),
        instant.leaves(person, leaving),
        instant.open(person),
    )
    assert (answer.status_code, answer.json()["code"], await instant.state(person)) == (409, code, None), state


class Taught(NamedTuple):
    """Somebody who has everything a training asks for, with not a day of attendance to spare."""

    person: UUID
    training: str


@pytest.fixture
async def taught(intake: Intake, huye: Workshop) -> Taught:
    person = await intake.admit()
    training = await huye.open(person)
    await huye.complete(training)
    await huye.attend([training], OPENED, present=False)
    return Taught(person, training)


@pytest.mark.parametrize(("leaving", "state", "code"), LEAVINGS)
async def test_what_a_correction_opens_again_is_ended_with_the_leaving(
    instant: Instant, taught: Taught, leaving: Leaving, state: str, code: str
) -> None:
    person, training = taught
    answer, _ = await one_into_another(
        instant.database,
        before_telling_of(person),
        instant.workshop.attend([training], date(2026, 1, 6), present=False),
        instant.leaves(person, leaving),
    )
    assert (answer.status_code, await instant.state(person)) == (201, state), code


async def test_what_a_correction_opens_again_after_the_release_ends_as_it_does(
    instant: Instant, taught: Taught
) -> None:
    person, training = taught
    _, answer = await one_into_another(
        instant.database,
        before_moving_on_from(person, SERVICE.consumer),
        instant.leaves(person, released),
        instant.workshop.attend([training], date(2026, 1, 6), present=False),
    )
    assert answer.status_code == 201
    shown = await instant.workshop.read(training)
    assert (shown["state"], shown["state_on"]) == ("RELEASED_EARLY", str(LEFT))
    told = [event.to_state for event in await instant.database.events() if isinstance(event, TrainingChanged)]
    assert told[-2:] == ["ACTIVE", "RELEASED_EARLY"]
    assert (await instant.workshop.attend([training], date(2026, 1, 6))).status_code == 201
    assert await instant.state(person) == "COMPLETED"


async def test_a_class_is_marked_while_its_people_leave(
    database: ServiceDatabase, intake: Intake, huye: Workshop
) -> None:
    """Locked in the order of the trainings whatever that of the events: neither waits for the other without end."""
    people = [await intake.admit() for _ in range(2)]
    trainings = [await huye.open(person) for person in people]
    last_first = [released(person) for person in reversed(people)]
    _, answer = await one_into_another(
        database,
        before_telling_of(people[-1]),
        intake.deliveries.send(*last_first),
        huye.attend(trainings, date(2026, 3, 2)),
    )
    assert answer.status_code == 201
    assert await database.value("SELECT array_agg(DISTINCT state) FROM training") == ["RELEASED_EARLY"]
    assert await deadlocks(database) == 0
