"""Who may enter a programme, as of a day, and why not (domain.md 3, "Eligibility")."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind

from inzira_curriculum.template import EligibilityRules

IN_CUSTODY = frozenset({"IN_FACILITY", "IN_TRANSIT", "HOSPITAL", "AT_COURT", "TEMPORARY_LEAVE", "HALFWAY"})


class Obstacle(StrEnum):
    """Why a person may not enter now."""

    DECEASED = "DECEASED"
    NOT_IN_CUSTODY = "NOT_IN_CUSTODY"
    LEGAL_STATUS = "LEGAL_STATUS"
    DATE_UNKNOWN = "DATE_UNKNOWN"
    TOO_EARLY = "TOO_EARLY"
    TOO_LATE = "TOO_LATE"
    ACUTE_FLAG = "ACUTE_FLAG"


OVERRIDABLE = frozenset({Obstacle.DATE_UNKNOWN, Obstacle.TOO_EARLY, Obstacle.TOO_LATE})


class NotEligibleError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "not-eligible"
    message = (
        "This person may not enter the programme on that date. Where only the months to release stand "
        "against it, repeat the request with an override_reason."
    )


class OverrideReasonUnknownError(DomainError):
    kind = Kind.INVALID
    code = "override-reason-unknown"
    message = "Give one of the override reasons the programme lists."


class ParticipantNotFoundError(DomainError):
    kind = Kind.NOT_FOUND
    code = "person-not-found"
    message = (
        "Nobody by this id is visible to you. Admit the person first, or try again in a moment if that was just done."
    )


@dataclass(frozen=True)
class Standing:
    """What is known of a person when eligibility is asked."""

    legal_status: str | None
    custody_state: str | None
    admitted_on: date | None
    released_on: date | None
    expected_release_on: date | None
    parole_eligible_on: date | None
    flag_levels: frozenset[str] = frozenset()

    @property
    def dates(self) -> tuple[date, ...]:
        """Known ways out of custody, earliest first."""
        return tuple(sorted(day for day in (self.expected_release_on, self.parole_eligible_on) if day))


@dataclass(frozen=True)
class Eligibility:
    obstacles: tuple[Obstacle, ...]
    leaves_on: date | None
    is_priority: bool

    @property
    def is_eligible(self) -> bool:
        return not self.obstacles

    @property
    def is_overridable(self) -> bool:
        """Whether an officer may take the person in all the same, with a reason."""
        return all(obstacle in OVERRIDABLE for obstacle in self.obstacles)


def add_months(day: date, months: int) -> date:
    """`day` so many months later, clamped to the end of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def assess(standing: Standing, rules: EligibilityRules, as_of: date, *, continues: bool = False) -> Eligibility:
    """Eligibility as of a day, with every obstacle named.

    `continues` is true for somebody who brings credits of the same programme: the months to release were
    judged when they first entered and are not asked again. Source: domain.md 3.
    """
    obstacles = list(_custody(standing, rules, as_of))
    if not continues:
        obstacles += _months(standing, rules, as_of)
    if standing.flag_levels & rules.blocking_flag_levels:
        obstacles.append(Obstacle.ACUTE_FLAG)
    ahead = [day for day in standing.dates if day >= as_of]
    leaves_on = ahead[0] if ahead else None
    limit = rules.priority_below_months
    priority = leaves_on is not None and limit is not None and leaves_on < add_months(as_of, limit)
    return Eligibility(tuple(obstacles), leaves_on, priority)


def refuse_departed(standing: Standing, rules: EligibilityRules, as_of: date) -> None:
    """What not even a referral leaves for later: a programme of custody is for whoever is in custody on that day.

    Raises NotEligibleError.
    """
    found = [obstacle for obstacle in _custody(standing, rules, as_of) if obstacle is not Obstacle.LEGAL_STATUS]
    if found:
        raise NotEligibleError(obstacles=", ".join(found))


def released_after(standing: Standing, day: date) -> date | None:
    """The day somebody left custody who was in it on `day`; None while they are in it, or were not then."""
    left = standing.released_on if standing.custody_state == "RELEASED" else None
    return left if left is not None and left > day else None


def _custody(standing: Standing, rules: EligibilityRules, as_of: date) -> Iterator[Obstacle]:
    if standing.custody_state == "DECEASED":
        yield Obstacle.DECEASED
        return
    if not rules.legal_statuses:
        return
    if not _was_held(standing, as_of):
        yield Obstacle.NOT_IN_CUSTODY
    if standing.legal_status not in rules.legal_statuses:
        yield Obstacle.LEGAL_STATUS


def _was_held(standing: Standing, as_of: date) -> bool:
    """In custody on that day: facts may be recorded after the person has left."""
    if standing.admitted_on is None or standing.admitted_on > as_of:
        return False
    if standing.custody_state == "RELEASED":
        return standing.released_on is not None and standing.released_on > as_of
    return standing.custody_state in IN_CUSTODY


def _months(standing: Standing, rules: EligibilityRules, as_of: date) -> Iterator[Obstacle]:
    """One way out within the months is enough: release or parole date."""
    if rules.minimum_months is None or rules.maximum_months is None:
        return
    first, last = add_months(as_of, rules.minimum_months), add_months(as_of, rules.maximum_months)
    if not standing.dates:
        yield Obstacle.DATE_UNKNOWN
    elif any(first <= day <= last for day in standing.dates):
        return
    elif any(day > last for day in standing.dates):
        yield Obstacle.TOO_EARLY
    else:
        yield Obstacle.TOO_LATE


def admit_or_refuse(
    standing: Standing,
    rules: EligibilityRules,
    as_of: date,
    *,
    override_reason: str | None = None,
    continues: bool = False,
) -> Eligibility:
    """Eligibility when the person may enter, by the rules or by a recorded override.

    Raises NotEligibleError naming the obstacles, OverrideReasonUnknownError for a reason the template does
    not list.
    """
    if override_reason is not None and override_reason not in rules.override_reasons:
        raise OverrideReasonUnknownError(field="override_reason")
    found = assess(standing, rules, as_of, continues=continues)
    if found.is_eligible or (override_reason is not None and found.is_overridable):
        return found
    raise NotEligibleError(obstacles=", ".join(found.obstacles))
