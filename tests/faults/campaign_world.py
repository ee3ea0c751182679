"""What the campaign's clients know: users, invented people and groups, each as the last answers told."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from client import User
from inzira_cli.road.days import Days, years_before
from inzira_cli.road.people import FAMILY_NAMES, GIVEN_NAMES, WOMENS_NAMES, Traveller

CANARY = "Kanarix"
"""In every name and number of the campaign's people: whatever shows it outside intake has leaked."""
CANARY_DIGITS = "73553"
PLACES = {"HUY": "huye", "MUS": "musanze"}
FACILITIES = tuple(PLACES)
DISTRICTS = ("24", "43", "44", "45", "21", "42")
ERAS = (700, 190)
"""How many days ago groups began: for those who have left since, and for those who are still inside."""


@dataclass(eq=False)
class Someone:
    """One person on the way."""

    traveller: Traveller
    inside: bool
    person_id: str = ""
    facility: str = ""
    heading_for: str = ""
    state: str = "HELD"
    """HELD, AWAY, MOVING, RELEASED or DEAD, as far as the clients know."""
    day: date = date.min
    """The last day something of their custody happened."""
    releases: list[str] = field(default_factory=list)
    enrolment_id: str = ""
    group: "Group | None" = None
    training_id: str = ""
    trained: int = 0
    modules: int = 0
    case_id: str = ""
    case_version: int = 0
    org: str = ""
    worker: str = ""
    visits: int = 0
    handovers: list[tuple[str, str]] = field(default_factory=list)
    flags: list[tuple[str, str]] = field(default_factory=list)
    closures: list[str] = field(default_factory=list)
    consents: list[tuple[str, str]] = field(default_factory=list)
    """Consents that stand, with the organisation each is for: who else would see the person is refused."""
    tokens: list[str] = field(default_factory=list)
    busy: int = 0

    def heard(self, token: str) -> None:
        """Remember the token of a write about this person."""
        if token:
            self.tokens = [*self.tokens[-5:], token]

    def agrees_to(self, org: str) -> bool:
        """Whether a consent to an organisation stands, as far as the clients know."""
        return any(recipient == org for _, recipient in self.consents)

    def next_day(self, dice: random.Random, most: int = 6) -> date:
        """A later day for the next fact of their custody."""
        self.day += timedelta(days=dice.randint(1, most))
        return self.day


@dataclass(eq=False)
class Group:
    """A cohort of the curriculum."""

    id: str
    facility: str
    starts_on: date
    sessions: list[str]
    members: list[Someone] = field(default_factory=list)


@dataclass
class World:
    """Everything the clients share."""

    users: dict[str, User]
    days: Days
    dice: random.Random
    run: int
    limit: int
    people: list[Someone] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    modules: list[dict[str, object]] = field(default_factory=list)
    invented: int = 0

    @property
    def today(self) -> date:
        return self.days.today

    def officer(self, facility: str, role: str) -> User:
        """One of the officers of a facility: intake, intake.two, psychosocial."""
        return self.users[f"{PLACES[facility]}.{role}"]

    def invent(self) -> Someone:
        """Somebody who exists nowhere, with the canary in every name and number."""
        self.invented += 1
        inside = self.dice.random() < 0.4
        span = (40, 420) if inside else (-400, -25)
        leaves_on = self.today + timedelta(days=self.dice.randint(*span))
        traveller = self._traveller(self.invented, leaves_on)
        day = years_before(leaves_on, 1) - timedelta(days=20)
        someone = Someone(traveller, inside, facility=traveller.facility, day=day)
        self.people.append(someone)
        return someone

    def _traveller(self, number: int, leaves_on: date) -> Traveller:
        dice = self.dice
        sex, facility = dice.choice("MMMF"), dice.choice(FACILITIES)
        born_on = date(dice.randint(1966, 1996), dice.randint(1, 12), dice.randint(1, 28))
        given = dice.choice(WOMENS_NAMES if sex == "F" else GIVEN_NAMES)
        return Traveller(
            part=f"person {number}",
            facility=facility,
            district=dice.choice(DISTRICTS),
            leaves_on=leaves_on,
            years=dice.choice((4, 5, 6)),
            full_name=f"{dice.choice(FAMILY_NAMES)} {CANARY}{_letters(number)} {given}",
            sex=sex,
            born_on=born_on,
            rcs_number=f"{facility}/{CANARY.upper()}{self.run}/{number}",
            national_id=f"9{born_on.year}{'7' if sex == 'F' else '8'}{CANARY_DIGITS}{number % 100_000:05d}",
        )


def _letters(number: int) -> str:
    """A number in letters: two people of a run never share a name."""
    word = ""
    while True:
        number, rest = divmod(number, 26)
        word = chr(ord("a") + rest) + word
        if not number:
            return word
