"""The catalogue: trade, programme (trade x RTQF level), module, learning outcome, rule set (domain.md 4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

CERTIFICATES: Mapping[int, str] = {
    1: "Vocational level 1",
    2: "Vocational level 2",
    3: "TVET Certificate I",
    4: "TVET Certificate II",
    5: "TVET Certificate III",
    6: "Diploma",
    7: "Advanced Diploma",
}


class CatalogueError(ValueError):
    """The rule files contradict themselves; the service refuses to start on them."""


class ModuleKind(StrEnum):
    """The three sorts of module of a Rwandan competence-based curriculum."""

    GENERAL = "GENERAL"
    CORE = "CORE"
    SPECIFIC = "SPECIFIC"


@dataclass(frozen=True)
class Trade:
    """One of the twelve trades of the correctional service, named in three languages (`en`, `fr`, `rw`)."""

    code: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Module:
    """A unit of competence; `outcomes` maps an outcome code to its words, `hours` are hours of training."""

    code: str
    kind: ModuleKind
    hours: int
    title: str
    outcomes: Mapping[str, str]


@dataclass(frozen=True)
class SittingRule:
    """How often and how soon the same thing may be assessed again (reassessments beyond the first; days)."""

    max_reassessments: int
    min_days_between: int


@dataclass(frozen=True)
class RuleSet:
    """One dated version of the assessment and award rules (domain.md 4)."""

    id: str
    version: int
    valid_from: date
    module: SittingRule
    integrated: SittingRule
    assessor_differs_from_instructor: bool
    verifier_differs_from_assessor: bool
    min_attendance_percent: int


@dataclass(frozen=True)
class Programme:
    """A trade at an RTQF level with its modules; a training stays on the version it was opened under."""

    code: str
    version: int
    valid_from: date
    trade: str
    rtqf_level: int
    names: Mapping[str, str]
    hours: int
    entry: str
    rules: RuleSet
    modules: tuple[Module, ...]

    @property
    def certificate(self) -> str:
        """The certificate its RTQF level leads to (domain.md 4)."""
        return CERTIFICATES[self.rtqf_level]

    @property
    def module_codes(self) -> tuple[str, ...]:
        """Module codes in teaching order."""
        return tuple(module.code for module in self.modules)

    def find_module(self, code: str) -> Module | None:
        """The module by its code, or None."""
        return next((module for module in self.modules if module.code == code), None)


@dataclass(frozen=True)
class Catalogue:
    """Everything the rule files say; programmes in all their versions."""

    trades: tuple[Trade, ...]
    programmes: tuple[Programme, ...]

    def find_version(self, code: str, version: int) -> Programme | None:
        """One version of a programme, or None."""
        return next((p for p in self.programmes if (p.code, p.version) == (code, version)), None)

    def find_valid(self, code: str, on: date) -> Programme | None:
        """The newest version of a programme already valid on `on`, or None."""
        valid = [p for p in self.programmes if p.code == code and p.valid_from <= on]
        return max(valid, key=lambda p: (p.valid_from, p.version), default=None)

    def list_valid(self, on: date) -> list[Programme]:
        """The version in force on `on` of every programme, by code."""
        codes = sorted({p.code for p in self.programmes})
        return [found for code in codes if (found := self.find_valid(code, on)) is not None]


def check_catalogue(catalogue: Catalogue) -> None:
    """Refuse a catalogue that contradicts itself.

    Raises CatalogueError: unknown trade or level, hours that do not add up, a code given twice, no outcome.
    """
    _refuse_doubles([trade.code for trade in catalogue.trades], "trade")
    _refuse_doubles([f"{p.code} version {p.version}" for p in catalogue.programmes], "programme")
    trades = {trade.code for trade in catalogue.trades}
    for programme in catalogue.programmes:
        if programme.trade not in trades:
            raise CatalogueError(f"{programme.code}: unknown trade {programme.trade}")
        check_programme(programme)


def check_programme(programme: Programme) -> None:
    """Refuse a programme whose parts do not fit. Raises CatalogueError naming the programme and the fault."""
    if programme.rtqf_level not in CERTIFICATES:
        raise CatalogueError(f"{programme.code}: RTQF level {programme.rtqf_level} does not exist")
    _refuse_doubles(programme.module_codes, f"{programme.code} module")
    if {module.kind for module in programme.modules} != set(ModuleKind):
        raise CatalogueError(f"{programme.code}: general, core and specific modules are all needed")
    if any(not module.outcomes or module.hours < 1 for module in programme.modules):
        raise CatalogueError(f"{programme.code}: a module without outcomes or hours")
    if sum(module.hours for module in programme.modules) != programme.hours:
        raise CatalogueError(f"{programme.code}: the hours of the modules do not add up")


def creditable_modules(programme: Programme, earned: Mapping[str, frozenset[str]]) -> list[str]:
    """Modules of `programme` already earned elsewhere: same code and the same outcomes, in teaching order.

    `earned` maps a module code to the outcome codes it was judged by. A module that has changed since is
    learned again: credit is for competence shown, not for a name (domain.md 4, resume elsewhere).
    """
    return [m.code for m in programme.modules if earned.get(m.code) == frozenset(m.outcomes)]


def _refuse_doubles(codes: Iterable[str], what: str) -> None:
    """Raise CatalogueError when a code appears twice."""
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise CatalogueError(f"{what} {code} is given twice")
        seen.add(code)
