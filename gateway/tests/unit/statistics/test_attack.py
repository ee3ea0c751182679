"""Released numbers under attack: margins, complements, before and after, two cubes over one population."""

from collections.abc import Mapping
from itertools import pairwise

import pytest
from inzira_gateway.statistics.protection import ALL, Cell, Standing, shown_cells
from statistics_attack import Attack
from statistics_worlds import K, published, world

WORLDS = 200


def primary_only(counts: Mapping[Cell, int], _standings: Mapping[Cell, Standing], k: int) -> frozenset[Cell]:
    """What one would do first: leave out the small ones."""
    return frozenset(cell for cell, count in counts.items() if count >= k)


def without_memory(counts: Mapping[Cell, int], _standings: Mapping[Cell, Standing], k: int) -> frozenset[Cell]:
    """Small ones and their company are hidden, but each release is made as if it were the first."""
    return shown_cells(counts, {}, k)


def test_no_small_number_is_recovered_in_any_world() -> None:
    """security.md 10.24, with an attacker who also knows in which cells nobody moved."""
    targets = 0
    for seed in range(WORLDS):
        given = world(seed)
        found, tried = Attack(given.releases, published(given, shown_cells)).recovered()
        assert found == [], f"world {seed}"
        targets += tried
    assert targets > 5000


@pytest.mark.parametrize(("suppressor", "least"), [(primary_only, 500), (without_memory, 50)])
def test_the_attack_finds_what_weaker_methods_give_away(suppressor: object, least: int) -> None:
    recovered = 0
    for seed in range(40):
        given = world(seed)
        numbers = published(given, suppressor)  # type: ignore[arg-type]  # one of the two above
        recovered += len(Attack(given.releases, numbers).recovered()[0])
    assert recovered >= least


def test_no_number_and_no_rest_differs_by_fewer_than_k_from_the_last_one_shown() -> None:
    """Differencing by subtraction alone: each number, and each whole less its shown parts."""
    compared = 0
    for seed in range(WORLDS):
        releases = published(world(seed, 6), shown_cells)
        last: dict[Cell, int] = {}
        for numbers in releases:
            for cell, number in numbers.items():
                difference = abs(number - last.get(cell, number))
                assert difference == 0 or difference >= K
                compared += cell in last
            last.update(numbers)
        for before, after in pairwise([numbers for numbers in releases if numbers]):
            _check_rests(before, after)
    assert compared > 2000


def _check_rests(before: Mapping[Cell, int], after: Mapping[Cell, int]) -> None:
    wholes = {(cell.parent, cell.dimension) for cell in before.keys() & after.keys() if cell.parent is not None}
    for whole, dimension in wholes:
        if whole not in before or whole not in after:
            continue
        parts = [cell for cell in before.keys() & after if (cell.parent, cell.dimension) == (whole, dimension)]
        moved = after[whole] - before[whole] - sum(after[cell] - before[cell] for cell in parts)
        assert moved == 0 or abs(moved) >= K


def test_large_programmes_are_told_nearly_everything() -> None:
    """Protection that hides all would pass every attack: it must not."""
    large = shown = 0
    for seed in range(WORLDS):
        given = world(seed)
        if len(given.releases[0][ALL]) < 150:
            continue
        first = published(given, shown_cells)[0]
        large += sum(len(held) >= K for held in given.releases[0].values())
        shown += len(first)
    assert shown / large > 0.8
