"""The cubes and the calendar that ship with the gateway; a version of a cube is never changed once released."""

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from typing import Any

import yaml

from inzira_gateway.statistics.domain import CalendarEntry, Cube, CubeInvalidError, CubeUnknownError, check_cube


class Cubes:
    """Cubes by name and version, and when figures are released."""

    def __init__(self, cubes: Iterable[Cube], calendar: Sequence[CalendarEntry]) -> None:
        """Raises CubeInvalidError where two cubes list different values of one dimension."""
        self._cubes = {(cube.name, cube.version): check_cube(cube) for cube in cubes}
        self.calendar = tuple(calendar)
        values: dict[str, tuple[str, ...]] = {}
        for cube in self._cubes.values():
            if values.setdefault(cube.dimension, cube.values) != cube.values:
                raise CubeInvalidError(cube.label)

    def get(self, name: str, version: int) -> Cube:
        """Raises CubeUnknownError."""
        cube = self._cubes.get((name, version))
        if cube is None:
            raise CubeUnknownError
        return cube

    def check_name(self, name: str) -> None:
        """Raises CubeUnknownError for a name no cube has."""
        if all(cube.name != name for cube in self):
            raise CubeUnknownError

    @property
    def k(self) -> int:
        """The smallest group of persons any cube shows: they share their upper numbers."""
        return max(cube.k for cube in self)

    def __iter__(self) -> Iterator[Cube]:
        return iter(sorted(self._cubes.values(), key=lambda cube: (cube.name, cube.version)))


def load_cubes() -> Cubes:
    """Every cube in `cubes/`, with the calendar."""
    folder = files("inzira_gateway.statistics")
    texts = [file.read_text("utf-8") for file in (folder / "cubes").iterdir() if file.name.endswith(".yaml")]
    calendar = yaml.safe_load((folder / "calendar.yaml").read_text("utf-8"))
    return Cubes((_cube(yaml.safe_load(text)) for text in texts), [CalendarEntry(**entry) for entry in calendar])


def _cube(entry: dict[str, Any]) -> Cube:
    return Cube(**{**entry, "values": tuple(entry["values"]), "purposes": tuple(entry["purposes"])})
