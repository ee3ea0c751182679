"""From the judgement to the dates, step by step, with the reason of each step (domain.md 2.5). Pure.

Never releases and never refuses anybody: it gives dates that people verify.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from inzira_intake.custody.domain import LegalStatus
from inzira_intake.custody.timeline import Interruption
from inzira_intake.sentence.domain import (
    ChangeKind,
    Relation,
    SentenceChange,
    SentenceInputs,
    SentencePart,
    SentenceTerms,
)
from inzira_intake.sentence.duration import Duration, add_duration
from inzira_intake.sentence.ruleset import ParoleRuleSet


class ParoleStatus(StrEnum):
    """What can be said of parole."""

    FROM_DATE = "FROM_DATE"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    NOT_SENTENCED = "NOT_SENTENCED"
    CLOCK_STOPPED = "CLOCK_STOPPED"


@dataclass(frozen=True)
class Step:
    """One step: a code, what was done in plain words, and the value reached (ISO date, days or code)."""

    code: str
    words: str
    value: str


@dataclass(frozen=True)
class Computation:
    """The dates and how they came about. A date is None where the law or an escape leaves it open."""

    expected_release_on: date | None
    parole_eligible_on: date | None
    parole_status: ParoleStatus
    total_days: int | None
    rule_set: str
    inputs_hash: str
    legal_status: LegalStatus
    trace: tuple[Step, ...]


@dataclass(frozen=True)
class _Run:
    """First and last day by the judgement alone; `last` is None for life."""

    first: date
    last: date | None


def compute_dates(inputs: SentenceInputs, rules: ParoleRuleSet, evaluated_on: date) -> Computation:
    """End of sentence and parole date by `rules`, the set valid on `evaluated_on`.

    Whether the day of reception counts as served is the rule set's (domain.md 2.5, 2). Changes not yet in force
    on `evaluated_on` are left out. Raises DurationError when a date would lie past 2199.
    """
    digest = inputs_hash(inputs, rules, evaluated_on)
    if inputs.terms is None or inputs.legal_status not in _CONVICTED:
        step = Step("NOT_SENTENCED", "No sentence is in force, so no date follows from one.", inputs.legal_status)
        return Computation(None, None, ParoleStatus.NOT_SENTENCED, None, rules.id, digest, inputs.legal_status, (step,))
    return _Calculator(inputs, inputs.terms, rules, evaluated_on).run(digest)


def inputs_hash(inputs: SentenceInputs, rules: ParoleRuleSet, evaluated_on: date) -> str:
    """SHA-256 over everything the dates depend on: equal hashes mean equal dates."""
    terms = inputs.terms
    changes = _in_force(terms.changes, evaluated_on) if terms else ()
    facts = {
        "rule_set": rules.id,
        "inclusive": rules.reception_day_counts,
        "status": inputs.legal_status.value,
        "offences": sorted(inputs.offences),
        "parts": [asdict(part) for part in terms.parts] if terms else [],
        "credit_days": terms.credit_days if terms else 0,
        "changes": [asdict(change) for change in changes],
        "interruptions": [asdict(item) for item in inputs.interruptions],
    }
    return "sha256:" + hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


_CONVICTED = frozenset({LegalStatus.CONVICTED_APPEALABLE, LegalStatus.CONVICTED_FINAL})


def _in_force(changes: Iterable[SentenceChange], day: date) -> tuple[SentenceChange, ...]:
    return tuple(sorted((item for item in changes if item.effective_on <= day), key=lambda item: item.effective_on))


class _Calculator:
    """One computation; collects the trace while it goes."""

    def __init__(
        self,
        inputs: SentenceInputs,
        terms: SentenceTerms,
        rules: ParoleRuleSet,
        evaluated_on: date,
    ) -> None:
        self._inputs = inputs
        self._terms = terms
        self._rules = rules
        self._changes = _in_force(terms.changes, evaluated_on)
        self._reception = 1 if rules.reception_day_counts else 0
        self._steps: list[Step] = []

    def run(self, digest: str) -> Computation:
        """The whole computation in the order of domain.md 2.5."""
        self._note("RULE_SET", f"Rules by {self._rules.source}.", self._rules.id)
        if self._inputs.legal_status is LegalStatus.CONVICTED_APPEALABLE:
            self._note("PROVISIONAL", "The judgement can still be appealed: the dates may move.", "")
        nominal = self._commuted(self._judgement())
        total = (nominal.last - nominal.first).days + self._reception if nominal.last else None
        if total is not None:
            self._note("TOTAL_DAYS", "Days of the whole sentence.", str(total))
        end = self._end(nominal)
        parole, status = self._parole(nominal, total)
        return Computation(
            end, parole, status, total, self._rules.id, digest, self._inputs.legal_status, tuple(self._steps)
        )

    def _note(self, code: str, words: str, value: date | str) -> None:
        self._steps.append(Step(code, words, str(value)))

    def _judgement(self) -> _Run:
        first = self._terms.starts_on
        self._note("START", "First day that counts.", first)
        if any(part.duration.life for part in self._terms.parts):
            self._note("LIFE", "Imprisonment for life has no end date.", "LIFE")
            return _Run(first, None)
        last: date | None = None
        for part in self._terms.parts:
            last = self._part_end(part, last)
        return _Run(first, last)

    def _part_end(self, part: SentencePart, so_far: date | None) -> date:
        starts = part.starts_on
        if part.relation is Relation.CONSECUTIVE and so_far is not None:
            starts = so_far + timedelta(days=self._reception)
        end = add_duration(starts, part.duration) - timedelta(days=self._reception)
        counted = "the day of reception counts" if self._reception else "the day of reception does not count"
        self._note(f"PART_{part.relation}", f"{part.duration} from {starts}; {counted}.", end)
        return end if so_far is None else max(so_far, end)

    def _commuted(self, run: _Run) -> _Run:
        for change in self._changes:
            if change.kind is ChangeKind.COMMUTATION and change.duration is not None:
                run = _Run(run.first, self._new_end(run.first, change.duration))
                words = f"Commuted to {change.duration} from {change.effective_on}, counted from the start."
                self._note("COMMUTATION", words, run.last or "LIFE")
        return run

    def _new_end(self, first: date, duration: Duration) -> date | None:
        if duration.life:
            return None
        return add_duration(first, duration) - timedelta(days=self._reception)

    def _end(self, run: _Run) -> date | None:
        if run.last is None:
            return None
        end = run.last
        if self._terms.credit_days:
            end -= timedelta(days=self._terms.credit_days)
            self._note("CREDIT", f"{self._terms.credit_days} days already served are taken off.", end)
        for change in self._changes:
            if change.kind is ChangeKind.REMISSION:
                end -= timedelta(days=change.days)
                self._note("REMISSION", f"{change.days} days remitted with effect from {change.effective_on}.", end)
        if end < run.first:
            end = run.first
            self._note("ALREADY_SERVED", "Credits and remissions cover the whole sentence.", end)
        moved = self._interrupted(end, run.first, "INTERRUPTION")
        if moved is not None:
            self._note("END", "Expected release: the last day of the sentence.", moved)
        return moved

    def _interrupted(self, day: date, first: date, code: str) -> date | None:
        """`day` moved by every escape that began on or before it; None while one is open."""
        for item in sorted(self._inputs.interruptions, key=lambda one: one.from_on):
            if item.from_on > day:
                break
            if item.to_on is None:
                self._note("CLOCK_STOPPED", f"Escaped on {item.from_on}: the sentence does not run.", "")
                return None
            days = _days_lost(item, first)
            day += timedelta(days=days)
            self._note(code, f"{days} days of escape from {item.from_on} do not count.", day)
        return day

    def _parole(self, run: _Run, total: int | None) -> tuple[date | None, ParoleStatus]:
        barred = self._rules.exclusion(self._inputs.offences)
        if barred:
            self._note("PAROLE_EXCLUDED", "This offence bars parole under these rules.", barred)
            return None, ParoleStatus.NOT_ELIGIBLE
        day = self._life_parole(run.first) if total is None else self._term_parole(run, total)
        moved = self._interrupted(day, run.first, "PAROLE_INTERRUPTION")
        if moved is None:
            return None, ParoleStatus.CLOCK_STOPPED
        self._note("PAROLE", "First day on which enough is served to ask for parole.", moved)
        return moved, ParoleStatus.FROM_DATE

    def _life_parole(self, first: date) -> date:
        years = self._rules.life_years
        day = max(first, add_duration(first, Duration(years=years)) - timedelta(days=self._terms.credit_days))
        self._note("PAROLE_LIFE", f"Life: {years} years to be served, credits counted.", day)
        return day

    def _term_parole(self, run: _Run, total: int) -> date:
        short_end = add_duration(run.first, Duration(years=self._rules.short_term_years))
        is_short = run.last is not None and run.last <= short_end - timedelta(days=self._reception)
        fraction = self._rules.short_fraction if is_short else self._rules.long_fraction
        needed = ceil(fraction * total)
        length = "at most" if is_short else "more than"
        words = f"{length} {self._rules.short_term_years} years: {fraction} of {total} days, rounded up."
        self._note("PAROLE_FRACTION", words.capitalize(), str(needed))
        waiting = max(needed - self._terms.credit_days - self._reception, 0)
        return run.first + timedelta(days=waiting)


def _days_lost(item: Interruption, first: date) -> int:
    """Days of one closed escape, from the first day that counts; the day of recapture is served."""
    assert item.to_on is not None  # noqa: S101 - the caller left open ones out
    return max((item.to_on - max(item.from_on, first)).days, 0)
