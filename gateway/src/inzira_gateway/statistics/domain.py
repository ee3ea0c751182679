"""Cubes, the calendar of releases, and what of a release a grant lets through. Pure.

A cube is declared beforehand and partners filter nothing (security.md 6, "Statistics"): it counts persons by their
stage and one further dimension. A release is made once a month for all cubes at once, of one state of the read
model, and never changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from inzira_platform.errors import DomainError, Kind, NotFoundError

from inzira_gateway.journey.domain import Stage
from inzira_gateway.statistics.protection import ALL, Cell

SMALLEST_K = 5
OTHER = "OTHER"
STAGES = tuple(str(stage) for stage in Stage)
KINDS: Mapping[str, str] = {"return_district": "districts", "facility": "facilities"}
"""Dimensions a cube may have beside the stage, and the kind of row filter that selects by each."""


class CubeUnknownError(NotFoundError):
    code = "cube-unknown"
    message = "There is no cube of that name. The documentation lists those there are."


class ReleaseUnknownError(NotFoundError):
    code = "release-unknown"
    message = "There is no release of that month."


class ReleaseMadeError(DomainError):
    kind = Kind.CONFLICT
    code = "release-made"
    message = "The release of this month was made before. Releases are monthly and never change."


class ReadModelBehindError(DomainError):
    """A conflict and no outage: whoever asks can do nothing but wait, and nothing is broken."""

    kind = Kind.CONFLICT
    code = "read-model-behind"
    message = "The read model does not hold all that the services said. Make the release when it does."


class TooFewPersonsError(DomainError):
    kind = Kind.CONFLICT
    code = "too-few-persons"
    message = "There are too few persons for a release that hides each of them."


class AskError(DomainError):
    kind = Kind.INVALID
    code = "grant-of-cube"
    message = "A grant of statistics names purposes of its cube, and filters by stages and the cube's own dimension."


class CubeInvalidError(ValueError):
    """A file of a cube says what cannot be."""


@dataclass(frozen=True, slots=True)
class Cube:
    """A table declared beforehand: persons by stage and by the values of one dimension."""

    name: str
    version: int
    measure: str
    k: int
    dimension: str
    values: tuple[str, ...]
    purposes: tuple[str, ...]
    valid_from: date

    @property
    def label(self) -> str:
        return f"{self.name}.v{self.version}"

    @property
    def leaves(self) -> tuple[str, ...]:
        """The values with the one that stands for all others."""
        return (*self.values, OTHER)


def check_cube(cube: Cube) -> Cube:
    """The cube itself. Raises CubeInvalidError for one with an unknown dimension, a small k or no values."""
    if cube.dimension not in KINDS or cube.k < SMALLEST_K or cube.measure != "persons":
        raise CubeInvalidError(cube.label)
    if len(set(cube.values)) != len(cube.values) or not cube.values or OTHER in cube.values:
        raise CubeInvalidError(cube.label)
    return cube


def check_ask(cube: Cube, row_filter: Mapping[str, Sequence[str]], purposes: Iterable[str]) -> None:
    """Raises AskError for a purpose the cube is not for, or a filter it does not have."""
    if not set(cube.purposes).issuperset(purposes):
        raise AskError(field="purposes")
    if not {"stages", KINDS[cube.dimension]}.issuperset(row_filter):
        raise AskError(field="row_filter")


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """From `valid_from` on, a month's release is due from its `day_of_month` on."""

    valid_from: date
    day_of_month: int


def period_of(day: date) -> str:
    """The month a release is of, as `2026-12`."""
    return f"{day:%Y-%m}"


def is_due(calendar: Sequence[CalendarEntry], today: date) -> bool:
    """Whether this month's release should be there by today."""
    begun = [entry for entry in calendar if entry.valid_from <= today]
    if not begun:
        return False
    return today.day >= max(begun, key=lambda entry: entry.valid_from).day_of_month


@dataclass(frozen=True, slots=True)
class Group:
    """So many persons of one stage, district of return and facility."""

    stage: str
    return_district: str | None
    facility: str | None
    persons: int


def tally(groups: Iterable[Group], cubes: Iterable[Cube]) -> dict[Cell, int]:
    """Persons in every cell of every cube; a value that a cube does not list counts under OTHER."""
    dimensions = {cube.dimension: cube for cube in cubes}
    counts = dict.fromkeys(_cells(dimensions.values()), 0)
    for group in groups:
        counts[ALL] += group.persons
        counts[Cell("", group.stage, "")] += group.persons
        for dimension, cube in dimensions.items():
            value = getattr(group, dimension)
            counts[Cell(dimension, group.stage, value if value in cube.values else OTHER)] += group.persons
    return counts


def _cells(cubes: Iterable[Cube]) -> list[Cell]:
    leaves = [Cell(cube.dimension, stage, value) for cube in cubes for stage in STAGES for value in cube.leaves]
    return [ALL, *(Cell("", stage, "") for stage in STAGES), *leaves]


def lets_through(row_filter: Mapping[str, Sequence[str]], cube: Cube, cell: Cell) -> bool:
    """Whether a grant's filter shows a cell of the cube.

    A number over all values of a dimension passes a filter of that kind only where the filter names every one of
    them; a filter that names nothing, or a kind the cube does not have, shows nothing.
    """
    own = {"stages": (cell.stage, STAGES), KINDS[cube.dimension]: (cell.value, cube.values)}
    if not row_filter or not own.keys() >= row_filter.keys():
        return False
    return all(_passes(values, *own[kind]) for kind, values in row_filter.items())


def _passes(named: Sequence[str], value: str, every: Sequence[str]) -> bool:
    return value in named or (value in ("", OTHER) and set(every) <= set(named))
