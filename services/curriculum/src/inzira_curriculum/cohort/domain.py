"""Groups: their size, their states and who of them may be opened when (domain.md 3 and 6)."""

from datetime import date, timedelta
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind

from inzira_curriculum.template import Programme


class CohortState(StrEnum):
    OPEN = "OPEN"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"


class CohortNotFoundError(DomainError):
    kind = Kind.NOT_FOUND
    code = "cohort-not-found"
    message = "No cohort by this id is visible to you."


class FacilityNotFoundError(DomainError):
    kind = Kind.NOT_FOUND
    code = "facility-not-found"
    message = "No facility by this code is visible to you."


class CapacityError(DomainError):
    kind = Kind.INVALID
    code = "capacity-out-of-range"
    message = "The group would be smaller or larger than the programme allows."


def group_capacity(programme: Programme, wished: int | None) -> int:
    """Places in the group: as asked, within the programme's limits, else its target size.

    Raises CapacityError.
    """
    capacity = wished if wished is not None else programme.group.target
    if not 1 <= capacity <= programme.group.maximum:
        raise CapacityError(field="capacity", maximum=programme.group.maximum)
    return capacity


def state_after(programme: Programme, sessions_held: int) -> CohortState:
    """A cohort runs from its first session and is complete with its last."""
    if sessions_held == 0:
        return CohortState.OPEN
    return CohortState.COMPLETED if sessions_held >= len(programme.sessions) else CohortState.RUNNING


def planned_week(programme: Programme, position: int) -> int:
    """The week (1, 2, …) in which the session at `position` (from 0) is due."""
    return position // programme.sessions_per_week + 1


def planned_end(programme: Programme, starts_on: date) -> date:
    """The last day of the last planned week: 24 weeks for 48 sessions at two a week."""
    weeks = planned_week(programme, len(programme.sessions) - 1)
    return starts_on + timedelta(weeks=weeks, days=-1)
