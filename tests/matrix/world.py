"""The people of the matrix: where each is, who carries them, and the events that say so.

Every service learns the same story by its own means: intake by its officers, reintegration by its workers, the others
by what these two tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from cells import matrix
from inzira_contracts import codes, intake, reintegration
from inzira_contracts.event import Event
from inzira_platform.clock import kigali_midnight
from inzira_platform.ids import new_id
from inzira_platform.testing.consents import agreement, taken_back

ADMITTED, RELEASED, TODAY = date(2024, 3, 1), date(2026, 10, 5), date(2026, 11, 23)
SOON, LATER = date(2027, 3, 1), date(2028, 2, 1)
CLOSED = date(2026, 11, 20)
DISTRICT = {"HUY": "24", "MUS": "43"}
"""Return to Huye is followed up by DIDE, to Musanze by PFR (the rule set of assignments)."""

THERE = frozenset({"there", "preparing_there", "strangers"})
FREED = frozenset({"carried", "silent", "lapsed", "revoked", "colleagues", "strangers", "closed"})
PREPARING = frozenset({"preparing", "preparing_there"})
WITH_CASE = FREED | PREPARING
UNAGREED = frozenset({"silent", "lapsed", "revoked"})
CARRIED_BY: Mapping[str, str] = {
    "preparing": "duty", "preparing_there": "duty_there", "carried": "worker", "silent": "worker", "lapsed": "worker",
    "revoked": "worker", "colleagues": "colleague", "strangers": "stranger", "closed": "worker",
}  # fmt: skip
DUTY_THERE = "0192f000-0000-7000-8000-0000000000f1"


def facility_of(person: str) -> str:
    """Who holds or released the person."""
    return "MUS" if person in THERE else "HUY"


def expected_of(person: str) -> date:
    """The expected day of release."""
    if person in FREED:
        return RELEASED
    return SOON if person in PREPARING else LATER


def worker_of(person: str) -> str:
    """The account of who carries the person, or carried them last."""
    name = CARRIED_BY[person]
    return DUTY_THERE if name == "duty_there" else matrix().principals[name].principal.sub


def org_of(person: str) -> str:
    """The organisation of that worker."""
    return "PFR" if person in THERE else "DIDE"


@dataclass
class World:
    """Ids of the people, and of what belongs to them once a service was told: kind -> person or place -> id."""

    ids: dict[str, UUID] = field(default_factory=lambda: {name: new_id() for name in matrix().people})
    episodes: dict[str, UUID] = field(default_factory=lambda: {name: new_id() for name in matrix().people})
    objects: dict[str, dict[str, str]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def put(self, kind: str, name: str, identifier: object) -> None:
        """Remember an id."""
        self.objects.setdefault(kind, {})[name] = str(identifier)

    def value(self, parameter: str, situation: str) -> str:
        """What a path's parameter is filled with; an id nobody has where there is none."""
        kind = parameter.removesuffix("_id")
        group: Mapping[str, object] = self.ids if kind == "person" else self.objects.get(kind, {})
        return str(group.get(situation) or group.get("-") or new_id())

    def owners(self) -> dict[str, str]:
        """Whose every id of this world is: id -> name of the person."""
        found = {str(identifier): name for name, identifier in self.ids.items()}
        for kind, group in self.objects.items():
            if kind not in PLACES | NOBODYS:
                found.update({identifier: name for name, identifier in group.items() if name != "-"})
        return found


PLACES = frozenset({"cohort", "import"})
"""Kinds that belong to a place and not to a person."""
NOBODYS = frozenset({"endpoint"})
"""Kinds that belong to a partner."""


def beginnings(world: World) -> list[Event]:
    """Everybody is admitted, and their dates are computed."""
    return [event for name in world.ids for event in (_admitted(world, name), _dates(world, name))]


def _about(world: World, name: str, on: date) -> dict[str, object]:
    return {"person_id": world.ids[name], "occurred_at": kigali_midnight(on), "recorded_by": "acc-intake-here"}


def _admitted(world: World, name: str) -> Event:
    return intake.PersonAdmitted.model_validate({
        **_about(world, name, ADMITTED), "episode_id": world.episodes[name], "facility": facility_of(name),
        "admission_kind": codes.AdmissionKind.NEW, "legal_status": codes.LegalStatus.CONVICTED_FINAL,
        "sex": codes.Sex.F, "return_district": DISTRICT[facility_of(name)],
    })  # fmt: skip


def _dates(world: World, name: str) -> Event:
    return intake.DatesComputed.model_validate({
        **_about(world, name, ADMITTED), "episode_id": world.episodes[name],
        "expected_release_on": expected_of(name), "parole_status": "ELIGIBLE_LATER", "rule_set": "parole-2023",
        "inputs_hash": "0" * 16, "legal_status": codes.LegalStatus.CONVICTED_FINAL,
    })  # fmt: skip


def departures(world: World) -> list[Event]:
    """One is on the way to MUS, some are released, one is dead."""
    sent = intake.PersonMoved.model_validate({
        **_about(world, "arriving", date(2026, 11, 22)), "episode_id": world.episodes["arriving"],
        "movement_id": new_id(), "kind": "TRANSFER_DEPARTED", "from_facility": "HUY", "to_facility": "MUS",
        "custody_state": codes.CustodyState.IN_TRANSIT,
    })  # fmt: skip
    died = intake.PersonDied.model_validate({**_about(world, "dead", RELEASED), "died_on": RELEASED})
    return [sent, *(_released(world, name) for name in world.ids if name in FREED), died]


def _released(world: World, name: str) -> Event:
    return intake.PersonReleased.model_validate({
        **_about(world, name, RELEASED), "episode_id": world.episodes[name], "facility": facility_of(name),
        "release_reason": codes.ReleaseReason.SENTENCE_EXPIRED, "released_on": RELEASED,
        "supervision": codes.Supervision.NONE, "return_district": DISTRICT[facility_of(name)],
    })  # fmt: skip


def responsibilities(world: World) -> list[Event]:
    """Who carries whom, as reintegration tells it: the duty worker first, then whoever took over; one case closed."""
    found: list[Event] = []
    for name in [person for person in world.ids if person in WITH_CASE]:
        case = {"case_id": world.episodes[name]}
        opened = {**_about(world, name, date(2026, 3, 1)), **case, "trigger": "RELEASE_IN_12_MONTHS"}
        assigned = {
            **_about(world, name, date(2026, 3, 1)), **case, "assignment_id": new_id(), "worker_id": worker_of(name),
            "org": org_of(name), "role": "PRIMARY",
        }  # fmt: skip
        found += [
            reintegration.CaseOpened.model_validate(opened),
            reintegration.WorkerAssigned.model_validate(assigned),
        ]
    closed = {**_about(world, "closed", CLOSED), "case_id": world.episodes["closed"], "closure_code": "MOVED"}
    return [*found, reintegration.CaseClosed.model_validate(closed)]


def agreements(world: World) -> list[Event]:
    """Everybody with a case agrees to the organisation that carries them, but those whose names say otherwise."""
    found: list[Event] = []
    for name in sorted(WITH_CASE - {"silent"}):
        ends = kigali_midnight(CLOSED) if name == "lapsed" else None
        given = agreement(world.ids[name], org_of(name), valid_to=ends)
        found += [given, taken_back(given, kigali_midnight(CLOSED))] if name == "revoked" else [given]
    return found


@dataclass(frozen=True)
class Story:
    """What intake and reintegration tell of everybody: how it began, the rest, who carries whom, who agreed to it."""

    first: list[Event]
    rest: list[Event]
    carers: list[Event]
    consents: list[Event]

    @classmethod
    def told(cls, world: World) -> "Story":
        """The whole of it, invented for services that are tested without the other two."""
        return cls(beginnings(world), departures(world), responsibilities(world), agreements(world))
