"""Invented populations and their releases: what a suppressor is tried on, and what an attacker is given of it."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from inzira_gateway.statistics.protection import ALL, NEW, Cell, Standing

K = 5
Members = dict[Cell, frozenset[int]]
Suppressor = Callable[[Mapping[Cell, int], Mapping[Cell, Standing], int], frozenset[Cell]]
Where = tuple[str, str, str]
"""Stage, district, facility."""


@dataclass(frozen=True)
class World:
    """Who was in which cell at each release."""

    releases: list[Members]


def world(seed: int, releases: int = 4) -> World:
    """A population with large and small groups; months in which nobody, few or many move."""
    rng = random.Random(seed)  # noqa: S311 - invented people
    stages = [f"S{number}" for number in range(rng.randint(2, 5))]
    districts = [f"D{number}" for number in range(rng.randint(2, 6))]
    facilities = [f"F{number}" for number in range(rng.randint(1, 5))]

    def one_of(values: list[str]) -> str:
        skewed = values[min(int(rng.expovariate(1.0)), len(values) - 1)]
        return skewed if rng.random() < 0.8 else rng.choice(values)

    def somewhere() -> Where:
        return one_of(stages), one_of(districts), one_of(facilities)

    people = {number: somewhere() for number in range(rng.choice([8, 20, 60, 150, 400]))}
    found = [_members(stages, districts, facilities, people)]
    for _ in range(releases - 1):
        for _ in range(rng.choice([0, 1, 2, 4, 6, 10, 25, 60])):
            _move(rng, people, one_of, (stages, districts, facilities))
        found.append(_members(stages, districts, facilities, people))
    return World(found)


def _move(
    rng: random.Random,
    people: dict[int, Where],
    one_of: Callable[[list[str]], str],
    lists: tuple[list[str], list[str], list[str]],
) -> None:
    """Somebody comes, or goes on to another stage, or more rarely another district or facility."""
    kind = rng.random()
    if kind < 0.4:
        people[len(people)] = one_of(lists[0]), one_of(lists[1]), one_of(lists[2])
        return
    who = rng.choice(list(people))
    axis = 0 if kind < 0.8 else 1 if kind < 0.9 else 2
    where = list(people[who])
    where[axis] = one_of(lists[axis])
    people[who] = where[0], where[1], where[2]


def _members(stages: list[str], districts: list[str], facilities: list[str], people: Mapping[int, Where]) -> Members:
    found: dict[Cell, set[int]] = {ALL: set()}
    for stage in stages:
        found[Cell("", stage, "")] = set()
        found.update({Cell("district", stage, value): set() for value in districts})
        found.update({Cell("facility", stage, value): set() for value in facilities})
    for who, (stage, district, facility) in people.items():
        for cell in (ALL, Cell("", stage, ""), Cell("district", stage, district), Cell("facility", stage, facility)):
            found[cell].add(who)
    return {cell: frozenset(held) for cell, held in found.items()}


def published(given: World, suppressor: Suppressor) -> list[dict[Cell, int]]:
    """New numbers of each release, as the service would publish them one after the other."""
    standings: dict[Cell, Standing] = {}
    found = []
    for members in given.releases:
        counts = {cell: len(held) for cell, held in members.items()}
        fresh = suppressor(counts, standings, K)
        found.append({cell: counts[cell] for cell in fresh})
        standings = {cell: _after(cell, counts, standings.get(cell, NEW), fresh) for cell in counts}
    return found


def _after(cell: Cell, counts: Mapping[Cell, int], before: Standing, fresh: frozenset[Cell]) -> Standing:
    is_open = cell.parent is None or cell.parent in fresh
    return Standing(
        shown=counts[cell] if cell in fresh else before.shown,
        base=counts[cell] if is_open else before.base,
        was_shown=cell in fresh if is_open else before.was_shown,
    )
