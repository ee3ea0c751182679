"""Which numbers of a release may be shown, so that no small one can be worked out from the others. Pure.

The released numbers form a tree: all persons; persons of each stage; and, below each stage, persons by district and,
beside that, persons by facility. No number is shown twice over: there is no total of a district over all stages, so
whoever does sums has, for each parent, one equation and no more. An equation over one hidden number gives it away;
over several it gives their sum. Hence, for the children of a parent whose own number is shown:

1. A number below `k` is hidden, zero too; and so is a number that differs by 1 to k-1 from the one last shown in its
   place, because the difference is those few persons (differencing).
2. What is hidden must hide: at least two hidden numbers that nobody outside can know, with at least `k` persons in
   them together. Each of them then lies anywhere between none and their sum. Numbers that did not move since the
   equation was last seen count for nothing here: an observer who knows that is assumed.
3. The hidden rest as a whole moves by no person or by at least `k`.
4. What was hidden is shown again only once it has moved: else it would give away what it helped to hide.

Further numbers are hidden, the smallest first, until this holds; where it cannot, the parent's own number is hidden
in its turn and its children with it. Where even the number of all persons cannot be shown, nothing new is.
"""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

K = TypeVar("K", bound=Hashable)


class Cell(NamedTuple):
    """One number of a release; an empty `dimension` and `value`: over all; an empty `stage`: all persons."""

    dimension: str
    stage: str
    value: str

    @property
    def parent(self) -> "Cell | None":
        """The cell this one is a part of; None for all persons."""
        if self.value:
            return Cell("", self.stage, "")
        return ALL if self.stage else None


ALL = Cell("", "", "")


@dataclass(frozen=True, slots=True)
class Standing:
    """What earlier releases left of one cell."""

    shown: int | None = None
    """The number last shown in its place."""
    base: int | None = None
    """Persons it held at the last release that showed its parent's number."""
    was_shown: bool = False
    """Whether that release showed it."""


NEW = Standing()


@dataclass(frozen=True, slots=True)
class Child:
    """A cell among its siblings. `room`: how many of its persons nobody outside can place."""

    count: int
    standing: Standing = NEW
    room: int | None = None
    is_barred: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether its number may differ from the one at the last equation."""
        return self.standing.base is None or self.count != self.standing.base

    @property
    def hides(self) -> int:
        """Persons it adds to what hides."""
        return self.count if self.room is None else self.room


def is_near(number: int, shown: int | None, k: int) -> bool:
    """Whether showing `number` after `shown` would give away a group of fewer than `k` persons."""
    return shown is not None and 0 < abs(number - shown) < k


def open_family(children: Mapping[K, Child], k: int) -> frozenset[K] | None:
    """The children that may be shown beside their exact sum; None when their sum must not be shown."""
    hidden = {key for key, child in children.items() if _must_hide(child, k)}
    while not _is_safe(children, hidden, k):
        further = [key for key, child in children.items() if key not in hidden and child.is_unknown]
        if not further:
            return None
        hidden.add(min(further, key=lambda key: (children[key].count, str(key))))
    return frozenset(children.keys() - hidden)


def _must_hide(child: Child, k: int) -> bool:
    standing = child.standing
    if child.is_barred or child.count < k or is_near(child.count, standing.shown, k):
        return True
    was_hidden = standing.base is not None and not standing.was_shown
    return was_hidden and not child.is_unknown and child.count != standing.shown


def _is_safe(children: Mapping[K, Child], hidden: Collection[K], k: int) -> bool:
    unknown = [child for key, child in children.items() if key in hidden and child.is_unknown]
    seen = {key for key, child in children.items() if child.standing.base is not None}
    was_hidden = {key for key in seen if not children[key].standing.was_shown}
    if seen != children.keys():
        return not hidden or _hides(unknown, k)
    if not unknown and was_hidden == set(hidden):
        return True
    moved = sum(children[key].count - (children[key].standing.base or 0) for key in {*hidden, *was_hidden})
    return (not hidden or _hides(unknown, k)) and (moved == 0 or abs(moved) >= k)


def _hides(unknown: Collection[Child], k: int) -> bool:
    return len(unknown) >= 2 and sum(child.hides for child in unknown) >= k


def shown_cells(counts: Mapping[Cell, int], standings: Mapping[Cell, Standing], k: int) -> frozenset[Cell]:
    """The cells of a release whose new numbers may be shown; empty when the whole release repeats the one before.

    `counts` holds every cell: all persons, each stage, and each value of each dimension below each stage.
    """
    total = counts[ALL]
    if total < k or is_near(total, standings.get(ALL, NEW).shown, k):
        return frozenset()
    families = _families(counts, standings)
    opened = {key: open_family(children, k) for key, children in families.items()}
    stages = {
        cell: Child(
            counts[cell],
            standings.get(cell, NEW),
            room=_room(cell, families),
            is_barred=any(found is None for (stage, _), found in opened.items() if stage == cell),
        )
        for cell in counts
        if cell.parent == ALL
    }
    fresh = open_family(stages, k)
    if fresh is None:
        return frozenset()
    below = [found for (stage, _), found in opened.items() if stage in fresh and found is not None]
    return frozenset({ALL}) | fresh | frozenset(cell for found in below for cell in found)


def _families(
    counts: Mapping[Cell, int], standings: Mapping[Cell, Standing]
) -> dict[tuple[Cell, str], dict[Cell, Child]]:
    """Leaves by (stage, dimension)."""
    families: dict[tuple[Cell, str], dict[Cell, Child]] = {}
    for cell, count in counts.items():
        if cell.value:
            family = families.setdefault((Cell("", cell.stage, ""), cell.dimension), {})
            family[cell] = Child(count, standings.get(cell, NEW))
    return families


def _room(stage: Cell, families: Mapping[tuple[Cell, str], Mapping[Cell, Child]]) -> int | None:
    """Persons of a stage whom nobody outside can place by any of its dimensions; None without dimensions."""
    rooms = [
        sum(child.count for child in children.values() if child.is_unknown)
        for (parent, _), children in families.items()
        if parent == stage
    ]
    return min(rooms) if rooms else None
