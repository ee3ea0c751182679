"""Parole rule sets as versioned data: which one holds on a day (domain.md 2.2, 2.5). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from inzira_intake.rulesets import load


@dataclass(frozen=True)
class ParoleRuleSet:
    """One state of the law: up to `short_term_years` the short fraction must be served, above it the long."""

    id: str
    effective_from: date
    source: str
    reception_day_counts: bool
    short_term_years: int
    short_fraction: Fraction
    long_fraction: Fraction
    life_years: int
    excluded: frozenset[str]

    def exclusion(self, offences: Iterable[str]) -> str | None:
        """The first of `offences` that bars parole under this set, if any."""
        return next((code for code in offences if code in self.excluded), None)


@cache
def rule_sets() -> tuple[ParoleRuleSet, ...]:
    """Every rule set, oldest first."""
    loaded = [_read(row) for row in load("parole")["rule_sets"]]
    return tuple(sorted(loaded, key=lambda item: item.effective_from))


def rule_set_on(day: date) -> ParoleRuleSet:
    """The rule set valid on `day`, the date of evaluation (domain.md 2.5, 3)."""
    return [item for item in rule_sets() if item.effective_from <= day][-1]


def _read(row: Mapping[str, Any]) -> ParoleRuleSet:
    return ParoleRuleSet(
        id=row["id"],
        effective_from=row["effective_from"],
        source=row["source"],
        reception_day_counts=row["reception_day_counts"],
        short_term_years=row["short_term_years"],
        short_fraction=Fraction(*row["short_fraction"]),
        long_fraction=Fraction(*row["long_fraction"]),
        life_years=row["life_years"],
        excluded=frozenset(row["excluded"]),
    )
