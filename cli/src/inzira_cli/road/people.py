"""Invented people who walk the road, and what is known of them on the way."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from inzira_cli.road.cast import HUYE, MUSANZE
from inzira_cli.road.days import Days, years_before

FAMILY_NAMES = (
    "Ndizeye",
    "Munyaneza",
    "Hategekimana",
    "Nsabimana",
    "Tuyisenge",
    "Harerimana",
    "Twizeyimana",
    "Manirakiza",
    "Bimenyimana",
    "Musabyimana",
    "Habineza",
    "Ndahimana",
    "Semana",
    "Gatera",
    "Niyonzima",
    "Uwizeye",
    "Tuyishime",
    "Mugwaneza",
    "Hakuzimana",
    "Nsengimana",
    "Kwizera",
    "Irakoze",
    "Niyitegeka",
    "Hitayezu",
)
GIVEN_NAMES = (
    "Anastase",
    "Bosco",
    "Callixte",
    "Damascene",
    "Emmanuel",
    "Faustin",
    "Gaspard",
    "Innocent",
    "Jean-Paul",
    "Leonard",
    "Narcisse",
    "Oscar",
    "Prosper",
    "Rodrigue",
    "Sylvestre",
    "Thomas",
    "Valens",
    "Xavier",
    "Zacharie",
    "Aimable",
    "Bernard",
    "Cyprien",
    "Dieudonne",
    "Edouard",
)
WOMENS_NAMES = ("Beatha", "Chantal", "Dative", "Esperance", "Florence", "Gloriose", "Hyacinthe", "Immaculee")


@dataclass
class Traveller:
    """One invented person. Ids are filled in as the services give them."""

    part: str
    facility: str
    district: str
    leaves_on: date
    """The last day of the sentence."""
    years: int
    full_name: str
    sex: str
    born_on: date
    rcs_number: str
    national_id: str
    person_id: str = ""
    enrolment_id: str = ""
    training_id: str = ""
    case_id: str = ""
    serial: str = ""
    flag_id: str = ""
    tokens: list[str] = field(default_factory=list)

    @property
    def admitted_on(self) -> date:
        """The sentence runs from the day of admission, which counts."""
        return years_before(self.leaves_on + timedelta(days=1), self.years)


@dataclass(frozen=True)
class Part:
    """What somebody is there to show."""

    name: str
    facility: str
    district: str
    leaves_in_days: int
    """Days from the first release; from today where the person is still inside."""
    inside: bool = False
    sex: str = "M"


WHOLE, SECOND, MOVED, DECEASED = "whole road", "second trainee", "transferred", "died"
RETURNED, UNASSIGNED, INSIDE, ABSENT = "came back", "handed over at release", "still inside", "missed too much"
NORTH, NORTH_INSIDE = "Musanze's own", "Musanze, still inside"
PARTS = (
    Part(WHOLE, HUYE, "43", 0),
    Part(SECOND, HUYE, "43", 2),
    Part(MOVED, HUYE, "45", 4),
    Part(DECEASED, HUYE, "24", 6),
    Part(RETURNED, HUYE, "42", 1),
    Part(UNASSIGNED, HUYE, "21", 3),
    Part(INSIDE, HUYE, "24", 75, inside=True),
    Part(ABSENT, HUYE, "43", 110, inside=True),
    Part(NORTH, MUSANZE, "44", 5),
    Part(NORTH_INSIDE, MUSANZE, "43", 140, inside=True, sex="F"),
)


def invent(days: Days, seed: int) -> list[Traveller]:
    """A new group of people who exist nowhere: numbers of a class no real card has, new ones for each seed."""
    random = Random(seed)  # noqa: S311 - names of a demonstration, not a secret
    return [_invent(part, days, random, f"{seed % 36**6:06d}", place) for place, part in enumerate(PARTS, start=1)]


def _invent(part: Part, days: Days, random: Random, run: str, place: int) -> Traveller:
    from_day = days.today if part.inside else days.first_release
    given = WOMENS_NAMES if part.sex == "F" else GIVEN_NAMES
    born_on = date(random.randint(1966, 1996), random.randint(1, 12), random.randint(1, 28))
    digits = "".join(str(random.randint(0, 9)) for _ in range(10))
    return Traveller(
        part=part.name,
        facility=part.facility,
        district=part.district,
        leaves_on=from_day + timedelta(days=part.leaves_in_days),
        years=6 if part.inside else 4,
        full_name=f"{random.choice(FAMILY_NAMES)} {random.choice(given)}",
        sex=part.sex,
        born_on=born_on,
        rcs_number=f"{part.facility}/D{run}/{place:02d}",
        national_id=f"9{born_on.year}{'7' if part.sex == 'F' else '8'}{digits}",
    )
