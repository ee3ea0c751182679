"""Somebody is enrolled in the same instant as they leave: whoever comes second sees what the first did."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from curriculum_scene import Custody, Office, refused, written
from inzira_contracts import reintegration
from inzira_contracts.codes import ClosureCode
from inzira_contracts.event import Event
from inzira_curriculum.main import SERVICE
from inzira_platform.clock import kigali_midnight
from inzira_platform.ids import new_id
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.testing.simultaneous import before_moving_on_from, before_telling_of, deadlocks, one_into_another

LEFT = date(2026, 4, 1)
Leaving = Callable[[Custody, UUID], Event]


def released(custody: Custody, person: UUID) -> Event:
    return custody.released(person, LEFT)


def died(custody: Custody, person: UUID) -> Event:
    return custody.died(person, LEFT)


def transferred(custody: Custody, person: UUID) -> Event:
    return custody.movement(person, "TRANSFER_RECEIVED", "MUS", LEFT)


LEAVINGS = [
    (released, "RELEASED_EARLY", "not-eligible"),
    (died, "DECEASED", "not-eligible"),
    (transferred, "TRANSFERRED_OUT", "held-elsewhere"),
]
AFTERWARDS = date(2026, 5, 4)
UNKNOWN = {"person_id": new_id(), "occurred_at": kigali_midnight(LEFT), "recorded_by": "acc-worker"}
"""Of somebody whose admission has not arrived: the batch waits for it, and is taken one by one."""


class Instant:
    """Somebody who leaves with others in one batch, or one by one beside an event that must wait; and an officer."""

    def __init__(self, database: ServiceDatabase, custody: Custody, office: Office, *, together: bool) -> None:
        self.database, self.custody, self.office, self.together = database, custody, office, together

    async def leaves(self, person: UUID, leaving: Leaving) -> None:
        others = [released(self.custody, await self.custody.admit())]
        if not self.together:
            others.append(reintegration.CaseClosed(**UNKNOWN, case_id=new_id(), closure_code=ClosureCode.MOVED))
        await self.custody.send(*others, leaving(self.custody, person))

    async def states(self, person: UUID) -> list[str]:
        rows = await self.database.rows("SELECT state FROM enrolment WHERE person_id = $1", person)
        return [row["state"] for row in rows]


@pytest.fixture(params=[True, False], ids=["together", "one by one"])
def instant(request: pytest.FixtureRequest, database: ServiceDatabase, custody: Custody, office: Office) -> Instant:
    """Both ways a consumer takes events."""
    return Instant(database, custody, office, together=request.param)


@pytest.mark.parametrize("refer_only", [False, True])
@pytest.mark.parametrize(("leaving", "state", "code"), LEAVINGS)
async def test_an_enrolment_that_came_first_is_ended(
    instant: Instant, leaving: Leaving, state: str, code: str, refer_only: bool
) -> None:
    person, cohort = await instant.custody.admit(), await instant.office.open(AFTERWARDS)
    answer, _ = await one_into_another(
        instant.database,
        before_telling_of(person),
        instant.office.try_enrol(cohort, person, refer_only=refer_only),
        instant.leaves(person, leaving),
    )
    written(answer)
    assert await instant.states(person) == [state], code


@pytest.mark.parametrize("refer_only", [False, True])
@pytest.mark.parametrize(("leaving", "state", "code"), LEAVINGS)
async def test_whoever_has_left_first_is_refused(
    instant: Instant, leaving: Leaving, state: str, code: str, refer_only: bool
) -> None:
    person, cohort = await instant.custody.admit(), await instant.office.open(AFTERWARDS)
    _, answer = await one_into_another(
        instant.database,
        before_moving_on_from(person, SERVICE.consumer),
        instant.leaves(person, leaving),
        instant.office.try_enrol(cohort, person, refer_only=refer_only),
    )
    refused(answer, 409, code)
    assert await instant.states(person) == [], state


async def test_an_enrolment_told_late_of_somebody_who_has_just_left_ends_with_the_release(instant: Instant) -> None:
    person, cohort = await instant.custody.admit(), await instant.office.open()
    _, answer = await one_into_another(
        instant.database,
        before_moving_on_from(person, SERVICE.consumer),
        instant.leaves(person, released),
        instant.office.try_enrol(cohort, person),
    )
    assert written(answer)["state"] == "RELEASED_EARLY"
    read = await instant.office.read(answer.json()["id"])
    assert (read["state"], read["since_on"]) == ("RELEASED_EARLY", str(LEFT))


@pytest.mark.parametrize("action", ["CONFIRM", "WITHDRAW"])
async def test_a_change_that_waited_for_the_release_sees_it(instant: Instant, action: str) -> None:
    person, cohort = await instant.custody.admit(), await instant.office.open()
    enrolment = await instant.office.enrol(cohort, person, refer_only=True)
    asked = {"action": action, "reason_code": "OWN_WISH"} if action == "WITHDRAW" else {"action": action}
    _, answer = await one_into_another(
        instant.database,
        before_moving_on_from(person, SERVICE.consumer),
        instant.leaves(person, released),
        instant.office.change(enrolment, **asked),
    )
    refused(answer, 409, "enrolment-state-conflict")
    assert await instant.states(person) == ["RELEASED_EARLY"]


async def test_a_change_that_came_first_is_followed_by_the_release(instant: Instant) -> None:
    person, cohort = await instant.custody.admit(), await instant.office.open()
    enrolment = await instant.office.enrol(cohort, person, refer_only=True)
    answer, _ = await one_into_another(
        instant.database,
        before_telling_of(person),
        instant.office.change(enrolment, "CONFIRM"),
        instant.leaves(person, released),
    )
    written(answer)
    assert await instant.states(person) == ["RELEASED_EARLY"]


async def test_a_group_is_marked_while_its_people_leave(
    database: ServiceDatabase, custody: Custody, office: Office
) -> None:
    """Locked in the order of the enrolments whatever that of the events: neither waits for the other without end."""
    people, cohort = [await custody.admit() for _ in range(2)], await office.open()
    enrolments = [await office.enrol(cohort, person) for person in people]
    last_first = [released(custody, person) for person in reversed(people)]
    _, answer = await one_into_another(
        database,
        before_telling_of(people[-1]),
        custody.send(*last_first),
        office.mark(cohort, "M1-S1", dict.fromkeys(enrolments, "P")),
    )
    written(answer)
    assert await database.value("SELECT array_agg(DISTINCT state) FROM enrolment") == ["RELEASED_EARLY"]
    assert await deadlocks(database) == 0
