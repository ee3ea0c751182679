"""Stories of invented people, as intake and reintegration tell them; told twice, of two sets of people, they agree.

What a service makes of a story must not depend on whether its events came together or one by one.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from inzira_contracts import codes, intake, reintegration
from inzira_contracts.event import Event

from inzira_platform.ids import new_id
from inzira_platform.testing.consents import agreement, taken_back
from inzira_platform.testing.deliveries import Deliveries

BEGINNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
ORGS = ("PFR", "DIDE")
MOVES = (
    ("TRANSFER_DEPARTED", "MUS", "IN_TRANSIT"),
    ("TRANSFER_RECEIVED", "MUS", "IN_FACILITY"),
    ("TRANSFER_RECEIVED", "HUY", "IN_FACILITY"),
    ("HOSPITAL_OUT", None, "HOSPITAL"),
    ("HOSPITAL_IN", "HUY", "IN_FACILITY"),
    ("ESCAPED", None, "ESCAPED"),
)


@dataclass
class Somebody:
    """An invented person; `label` is what stands for each of their ids when two tellings are compared."""

    number: int
    id: UUID = field(default_factory=new_id)
    episodes: list[UUID] = field(default_factory=lambda: [new_id(), new_id()])

    @property
    def labels(self) -> dict[UUID, str]:
        """What stands for their ids."""
        episodes = {episode: f"P{self.number}E{n}" for n, episode in enumerate(self.episodes)}
        return {self.id: f"P{self.number}", **episodes}


class Story:
    """Events drawn by a seed: the same seed tells the same of other people."""

    def __init__(self, seed: int, people: Sequence[Somebody], *, confused: bool = True) -> None:
        """`people` are told of as often as chance has it; what is told `confused` names any custody episode."""
        self._confused = confused
        self._present = {person.id: person.episodes[0] for person in people}
        self._chance = random.Random(seed)  # noqa: S311 - a story, not a secret
        self._people = people
        self._told: dict[UUID, list[intake.ConsentGranted]] = {}

    def beginning(self) -> list[Event]:
        """Everybody is admitted."""
        return [self._admitted(person, 0, BEGINNING - timedelta(days=400)) for person in self._people]

    def events(self, count: int) -> list[Event]:
        """What follows: late, backdated and contradictory things among it."""
        return [self._next() for _ in range(count)]

    def _next(self) -> Event:
        person = self._chance.choice(self._people)
        likely: dict[Callable[[Somebody], Event], float] = {
            self._readmitted: 2,
            self._moved: 5,
            self._sentenced: 2,
            self._dated: 5,
            self._released: 2,
            self._died: 0.3,
            self._agreed: 3,
            self._ended: 2,
            self._assigned: 3,
            self._closed: 1,
        }
        tell = self._chance.choices(list(likely), list(likely.values()))[0]
        return tell(person)

    def _of(self, person: Somebody, at: datetime | None = None) -> dict[str, Any]:
        happened = at or BEGINNING + timedelta(days=self._chance.randrange(-30, 30))
        return {"person_id": person.id, "occurred_at": happened, "recorded_by": "acc-intake"}

    def _episode(self, person: Somebody) -> UUID:
        return self._chance.choice(person.episodes) if self._confused else self._present[person.id]

    def _day(self, first: int, last: int) -> date:
        return BEGINNING.date() + timedelta(days=self._chance.randrange(first, last))

    def _admitted(self, person: Somebody, episode: int, at: datetime | None = None) -> Event:
        self._present[person.id] = person.episodes[episode]
        return intake.PersonAdmitted(
            **self._of(person, at),
            episode_id=person.episodes[episode],
            facility=self._chance.choice(["HUY", "MUS"]),
            admission_kind=codes.AdmissionKind.READMISSION if episode else codes.AdmissionKind.NEW,
            legal_status=codes.LegalStatus.CONVICTED_FINAL,
            sex=codes.Sex.F,
            return_district=self._chance.choice(["24", None]),
        )

    def _readmitted(self, person: Somebody) -> Event:
        return self._admitted(person, self._chance.randrange(2))

    def _moved(self, person: Somebody) -> Event:
        kind, to_facility, state = self._chance.choice(MOVES)
        return intake.PersonMoved(
            **self._of(person),
            episode_id=self._episode(person),
            movement_id=new_id(),
            kind=kind,
            to_facility=to_facility,
            custody_state=codes.CustodyState(state),
        )

    def _sentenced(self, person: Somebody) -> Event:
        return intake.SentenceRecorded(
            **self._of(person),
            episode_id=self._episode(person),
            sentence_id=new_id(),
            duration="P7Y",
            starts_on=self._day(-90, 0),
            legal_status=self._chance.choice(
                [codes.LegalStatus.CONVICTED_APPEALABLE, codes.LegalStatus.CONVICTED_FINAL]
            ),
        )

    def _dated(self, person: Somebody) -> Event:
        return intake.DatesComputed(
            **self._of(person),
            episode_id=self._episode(person),
            expected_release_on=self._chance.choice([None, self._day(100, 2000)]),
            parole_eligible_on=self._chance.choice([None, self._day(10, 900)]),
            parole_status="ELIGIBLE",
            rule_set="parole-2023",
            inputs_hash="0" * 16,
            legal_status=codes.LegalStatus.CONVICTED_FINAL,
        )

    def _released(self, person: Somebody) -> Event:
        return intake.PersonReleased(
            **self._of(person),
            episode_id=self._episode(person),
            facility="HUY",
            release_reason=codes.ReleaseReason.SENTENCE_EXPIRED,
            released_on=self._day(-30, 30),
            supervision=codes.Supervision.NONE,
            return_district=self._chance.choice(["24", "43", None]),
        )

    def _died(self, person: Somebody) -> Event:
        return intake.PersonDied(**self._of(person), died_on=self._day(-30, 30))

    def _agreed(self, person: Somebody) -> Event:
        given = agreement(person.id, self._chance.choice(ORGS), valid_from=self._of(person)["occurred_at"])
        self._told.setdefault(person.id, []).append(given)
        return given

    def _ended(self, person: Somebody) -> Event:
        given = self._told.get(person.id)
        return (
            taken_back(self._chance.choice(given), self._of(person)["occurred_at"]) if given else self._agreed(person)
        )

    def _assigned(self, person: Somebody) -> Event:
        return reintegration.WorkerAssigned(
            **self._of(person),
            case_id=new_id(),
            assignment_id=new_id(),
            worker_id=f"acc-worker-{self._chance.randrange(3)}",
            org=self._chance.choice(ORGS),
            role=self._chance.choice([codes.WorkerRole.PRIMARY, codes.WorkerRole.RCS]),
        )

    def _closed(self, person: Somebody) -> Event:
        return reintegration.CaseClosed(**self._of(person), case_id=new_id(), closure_code=codes.ClosureCode.GOALS_MET)


async def tell_both_ways(
    deliveries: Deliveries, told: Sequence[Event], retold: Sequence[Event], *, again: Sequence[int] = ()
) -> None:
    """Deliver the one in a batch, the other event by event; those at the places `again` come a second time."""
    first, second = ([deliveries.record(event) for event in events] for events in (told, retold))
    await deliveries.send_records(*first, *(first[place] for place in again))
    for record in (*second, *(second[place] for place in again)):
        await deliveries.send_records(record)


async def kept(
    deliveries: Deliveries, people: Sequence[Somebody], tables: Sequence[str], *, but: Sequence[str] = ()
) -> dict[str, list[str]]:
    """The rows of tables with a `person_id` and the events emitted, of these people; other ids count as alike.

    Left out are the columns `but`, and when the database wrote a row.
    """
    labels = {str(one): label for person in people for one, label in person.labels.items()}
    ids = [person.id for person in people]
    found = {}
    for table in tables:
        rows = await deliveries.database.rows(f"SELECT * FROM {table} WHERE person_id = ANY($1)", ids)  # noqa: S608 - ours
        found[table] = sorted(_shown(row, labels, {*but, "updated_at"}) for row in rows)
    emitted = [event for event in await deliveries.database.events() if event.person_id in ids]
    found["emitted"] = [_shown({"type": event.type, **event.model_dump()}, labels, set()) for event in emitted]
    for person in people:  # the order of one person's events counts, that of two does not
        label = labels[str(person.id)]
        found[f"emitted of {label}"] = [line for line in found["emitted"] if f"'person_id': '{label}'" in line]
    del found["emitted"]
    parked = [row for row in await deliveries.parked() if row["key"].rsplit(":", 1)[-1] in labels]
    found["parked"] = sorted(
        f"{labels[row['key'].rsplit(':', 1)[-1]]} {row['sequence']} {row['reason']} {row['detail']}" for row in parked
    )
    return found


def _shown(row: dict[str, Any], labels: dict[str, str], but: set[str]) -> str:
    return str({name: _alike(value, labels) for name, value in row.items() if name not in but})


def _alike(value: object, labels: dict[str, str]) -> object:
    if isinstance(value, UUID):
        return labels.get(str(value), "an id")
    return str(value) if isinstance(value, datetime | date) else value
