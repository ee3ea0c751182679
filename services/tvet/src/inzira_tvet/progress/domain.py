"""What a trainee has shown and what is still needed for the award, explained reason by reason (domain.md 4).

Pure. The decision is arithmetic over recorded facts: nobody sets "complete" by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Why an award is not due yet."""

    MODULES_NOT_COMPETENT = "MODULES_NOT_COMPETENT"
    INTEGRATED_MISSING = "INTEGRATED_MISSING"
    INTEGRATED_NOT_COMPETENT = "INTEGRATED_NOT_COMPETENT"
    ATTENDANCE_MISSING = "ATTENDANCE_MISSING"
    ATTENDANCE_TOO_LOW = "ATTENDANCE_TOO_LOW"
    ASSESSOR_IS_INSTRUCTOR = "ASSESSOR_IS_INSTRUCTOR"
    VERIFIER_MISSING = "VERIFIER_MISSING"
    VERIFIER_IS_ASSESSOR = "VERIFIER_IS_ASSESSOR"


WORDS: Mapping[Reason, str] = {
    Reason.MODULES_NOT_COMPETENT: "Some modules are not yet competent.",
    Reason.INTEGRATED_MISSING: "The integrated assessment has not been taken.",
    Reason.INTEGRATED_NOT_COMPETENT: "The integrated assessment is not yet competent.",
    Reason.ATTENDANCE_MISSING: "No attendance has been recorded.",
    Reason.ATTENDANCE_TOO_LOW: "Too few of the recorded days were attended.",
    Reason.ASSESSOR_IS_INSTRUCTOR: "The integrated assessment was judged by the trainee's own instructor.",
    Reason.VERIFIER_MISSING: "No internal verifier is named.",
    Reason.VERIFIER_IS_ASSESSOR: "The internal verifier is the one who judged the integrated assessment.",
}


@dataclass(frozen=True)
class Attendance:
    """Days attended out of days recorded; a day not recorded counts for neither."""

    present: int
    marked: int

    @property
    def share(self) -> float | None:
        """Share attended between 0 and 1, rounded to 4 places for showing; None before the first day."""
        return round(self.present / self.marked, 4) if self.marked else None

    def reaches(self, percent: int) -> bool:
        """Whether at least `percent` % of the days were attended, in whole numbers: 79.99 % is not 80 %."""
        return self.marked > 0 and self.present * 100 >= percent * self.marked

    def days_needed(self, percent: int) -> int:
        """Days in a row to attend from here until `percent` % is reached; 0 when it is."""
        if self.reaches(percent):
            return 0
        if percent >= 100:
            return max(1, self.marked - self.present)
        missing = percent * self.marked - 100 * self.present
        return max(1, -(-missing // (100 - percent)))


@dataclass(frozen=True)
class Requirements:
    """What the rule set of the programme asks for."""

    modules: tuple[str, ...]
    min_attendance_percent: int
    assessor_differs_from_instructor: bool
    verifier_differs_from_assessor: bool


@dataclass(frozen=True)
class Standing:
    """What is recorded: modules competent here, modules credited from elsewhere, the integrated result."""

    competent: frozenset[str]
    credited: frozenset[str]
    integrated_competent: bool | None
    integrated_assessor: str | None
    instructor: str
    attendance: Attendance


@dataclass(frozen=True)
class Unmet:
    """One reason with what explains it: module codes, or counts in days and percent."""

    reason: Reason
    modules: tuple[str, ...] = ()
    figures: Mapping[str, int] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The reason in plain words."""
        return WORDS[self.reason]


def completed_modules(needed: Requirements, standing: Standing) -> list[str]:
    """Modules of the programme shown or credited, in teaching order: what a statement of attainment lists."""
    return [code for code in needed.modules if code in standing.competent | standing.credited]


def unmet_requirements(needed: Requirements, standing: Standing) -> list[Unmet]:
    """Everything still missing for completion, in the order a trainee meets it; empty when complete."""
    return [*_modules(needed, standing), *_integrated(needed, standing), *_attendance(needed, standing)]


def unmet_for_award(needed: Requirements, standing: Standing, verifier: str | None) -> list[Unmet]:
    """Everything that stands against the award: the requirements, and a verifier who did not judge it."""
    unmet = unmet_requirements(needed, standing)
    if not verifier:
        unmet.append(Unmet(Reason.VERIFIER_MISSING))
    elif needed.verifier_differs_from_assessor and _same(verifier, standing.integrated_assessor):
        unmet.append(Unmet(Reason.VERIFIER_IS_ASSESSOR))
    return unmet


def _modules(needed: Requirements, standing: Standing) -> list[Unmet]:
    """The modules not yet shown."""
    done = standing.competent | standing.credited
    missing = tuple(code for code in needed.modules if code not in done)
    return [Unmet(Reason.MODULES_NOT_COMPETENT, modules=missing)] if missing else []


def _integrated(needed: Requirements, standing: Standing) -> list[Unmet]:
    """The integrated assessment, and who judged it."""
    if standing.integrated_competent is None:
        return [Unmet(Reason.INTEGRATED_MISSING)]
    if not standing.integrated_competent:
        return [Unmet(Reason.INTEGRATED_NOT_COMPETENT)]
    by_instructor = _same(standing.instructor, standing.integrated_assessor)
    if needed.assessor_differs_from_instructor and by_instructor:
        return [Unmet(Reason.ASSESSOR_IS_INSTRUCTOR)]
    return []


def _attendance(needed: Requirements, standing: Standing) -> list[Unmet]:
    """The share of days attended."""
    attendance, percent = standing.attendance, needed.min_attendance_percent
    if attendance.reaches(percent):
        return []
    if not attendance.marked:
        return [Unmet(Reason.ATTENDANCE_MISSING, figures={"percent_needed": percent})]
    figures = {
        "present": attendance.present,
        "marked": attendance.marked,
        "percent_needed": percent,
        "days_needed": attendance.days_needed(percent),
    }
    return [Unmet(Reason.ATTENDANCE_TOO_LOW, figures=figures)]


def _same(one: str, other: str | None) -> bool:
    """Whether two account ids name the same person."""
    return other is not None and one.casefold() == other.casefold()
