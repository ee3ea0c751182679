"""Somebody who wants the small numbers, with linear programming and more knowledge than anybody has.

Knows: every number published in every release, that parts add up to their whole, that no number is negative, and, of
every cell, whether anybody at all came or went between two releases. What is asked is the least and the greatest
value a hidden number can have. It knows nothing of how numbers are hidden, and shares no code with what hides them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
from inzira_gateway.statistics.protection import Cell
from statistics_worlds import K, Members

MOST = 10_000.0
CLOSE = 1e-6


@dataclass(frozen=True)
class Target:
    """A number that must not be known: it is small, or differs by fewer than k persons from one shown before."""

    cell: Cell
    release: int
    truth: int
    why: str


@dataclass
class Attack:
    """One world under attack; `width` is what a hidden number's range must at least have."""

    releases: Sequence[Members]
    published: Sequence[dict[Cell, int]]
    width: float = K
    knows_who_stayed: bool = True
    _unknowns: dict[tuple[Cell, int], int] = field(default_factory=dict)

    def recovered(self) -> tuple[list[tuple[Target, float, float]], int]:
        """Targets whose range is narrower than the width, with the range; and how many targets there were."""
        model, low, high = self._model()
        found, targets = [], list(self._targets())
        for target in targets:
            unknown = self._unknowns[target.cell, target.release]
            ends = (low[unknown], high[unknown])
            if ends[0] < ends[1]:
                ends = (_extreme(model, unknown, least=True), _extreme(model, unknown, least=False))
            if ends[1] - ends[0] < self.width - CLOSE:
                found.append((target, *ends))
        return found, len(targets)

    def _model(self) -> tuple[highspy.Highs, list[float], list[float]]:
        self._name_unknowns()
        size = max(self._unknowns.values()) + 1
        low, high = [0.0] * size, [MOST] * size
        for release, numbers in enumerate(self.published):
            for cell, number in numbers.items():
                low[self._unknowns[cell, release]] = high[self._unknowns[cell, release]] = float(number)
        model = highspy.Highs()
        model.setOptionValue("output_flag", False)
        for ends in zip(low, high, strict=True):
            model.addVar(*ends)
        for terms in set(self._sums()):
            places = np.array([place for place, _ in terms], dtype=np.int32)
            model.addRow(0.0, 0.0, len(terms), places, np.array([factor for _, factor in terms]))
        return model, low, high

    def _name_unknowns(self) -> None:
        """A cell in which nobody came or went is one unknown in both releases."""
        size = 0
        for cell in self.releases[0]:
            for release, members in enumerate(self.releases):
                stayed = release > 0 and self.releases[release - 1][cell] == members[cell]
                if stayed and self.knows_who_stayed:
                    self._unknowns[cell, release] = self._unknowns[cell, release - 1]
                else:
                    self._unknowns[cell, release] = size
                    size += 1

    def _sums(self) -> Iterator[tuple[tuple[int, float], ...]]:
        """Parts minus their whole is nothing, in every release."""
        parts: dict[tuple[Cell, str], list[Cell]] = {}
        for cell in self.releases[0]:
            if cell.parent is not None:
                parts.setdefault((cell.parent, cell.dimension), []).append(cell)
        for release in range(len(self.releases)):
            for (whole, _), cells in parts.items():
                terms: dict[int, float] = {}
                for cell, factor in [*((cell, 1.0) for cell in cells), (whole, -1.0)]:
                    place = self._unknowns[cell, release]
                    terms[place] = terms.get(place, 0.0) + factor
                yield tuple(sorted(terms.items()))

    def _targets(self) -> Iterator[Target]:
        last: dict[Cell, frozenset[int]] = {}
        for release, members in enumerate(self.releases):
            for cell, held in members.items():
                before = last.get(cell, held)
                if cell in self.published[release]:
                    last[cell] = held
                if len(held) < K:
                    yield Target(cell, release, len(held), "small")
                elif 0 < len(held ^ before) < K and len(held) != len(before):
                    yield Target(cell, release, len(held), "moved")


def _extreme(model: highspy.Highs, unknown: int, *, least: bool) -> float:
    model.changeColCost(unknown, 1.0)
    model.changeObjectiveSense(highspy.ObjSense.kMinimize if least else highspy.ObjSense.kMaximize)
    model.run()
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    value: float = model.getInfo().objective_function_value
    model.changeColCost(unknown, 0.0)
    return value
