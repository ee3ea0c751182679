"""The shape of a programme template: pure values every feature judges by.

A template is data with dates (architecture.md, "rules that the law may change"). The correctional curriculum,
sociotherapy, ROT and MFHS are all templates of this one shape (domain.md 3 and 6).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Setting(StrEnum):
    CUSTODY = "CUSTODY"
    COMMUNITY = "COMMUNITY"


class PostTest(StrEnum):
    """What a completion asks of the post-test."""

    NONE = "NONE"
    TAKEN = "TAKEN"
    PASSED = "PASSED"


@dataclass(frozen=True)
class Session:
    code: str
    title: str
    mandatory: bool


@dataclass(frozen=True)
class Module:
    code: str
    name: Mapping[str, str]
    sessions: tuple[Session, ...]


@dataclass(frozen=True)
class GroupSize:
    minimum: int
    target: int
    maximum: int


@dataclass(frozen=True)
class EligibilityRules:
    """Who may enter. Empty `legal_statuses` and no months mean the rule is not asked (community groups)."""

    legal_statuses: frozenset[str]
    minimum_months: int | None
    maximum_months: int | None
    priority_below_months: int | None
    blocking_flag_levels: frozenset[str]
    override_reasons: frozenset[str]


@dataclass(frozen=True)
class ModuleShare:
    """Either a percentage of a module's sessions, rounded up, or a plain count."""

    minimum_percent: int | None
    minimum_count: int | None

    def needed(self, sessions: int) -> int:
        """Sessions of a module of this size that must be attended (domain.md 3.

        At least 60 % in each module).
        """
        if self.minimum_percent is not None:
            return -(-sessions * self.minimum_percent // 100)
        return min(self.minimum_count or 0, sessions)


@dataclass(frozen=True)
class CompletionRules:
    minimum_sessions: int
    per_module: ModuleShare
    mandatory_sessions: bool
    post_test: PostTest
    maximum_make_ups: int
    blocking_flag_levels: frozenset[str]
    at_risk_absences_left: int


@dataclass(frozen=True)
class TestRules:
    """Knowledge test: scores 0 to 100; a pass is the score or the gain over the pre-test (domain.md 3)."""

    __test__ = False  # pytest would otherwise take the name for a test class

    items: int
    pass_score: int
    pass_gain: int
    resits: int


@dataclass(frozen=True)
class CertificateRules:
    title: Mapping[str, str]
    forbidden_words: tuple[str, ...]


@dataclass(frozen=True)
class Programme:
    """One version of one programme: modules, sessions and every rule a decision cites."""

    code: str
    version: int
    valid_from: date
    valid_to: date | None
    setting: Setting
    name: Mapping[str, str]
    session_minutes: int
    sessions_per_week: int
    group: GroupSize
    late_join_until_session: int | None
    eligibility: EligibilityRules
    edit_window_hours: int
    attendance_codes: Mapping[str, str]
    completion: CompletionRules
    test: TestRules | None
    credits_travel_from: frozenset[str]
    certificate: CertificateRules
    modules: tuple[Module, ...]

    @property
    def sessions(self) -> tuple[Session, ...]:
        """Every session, in teaching order."""
        return tuple(session for module in self.modules for session in module.sessions)

    @property
    def session_codes(self) -> tuple[str, ...]:
        return tuple(session.code for session in self.sessions)

    @property
    def module_of(self) -> Mapping[str, str]:
        """Session code to the code of its module."""
        return {session.code: module.code for module in self.modules for session in module.sessions}

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
