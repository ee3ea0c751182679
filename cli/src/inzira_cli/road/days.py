"""The calendar of the road: everything counts back from today, so that a whole road lies in the past."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from inzira_platform.clock import KIGALI

RELEASED_DAYS_AGO = 410
"""The first release: a little over thirteen months ago, so that the review after a year has taken place."""
COHORT_DAYS_BEFORE_RELEASE = 305
SESSION_WEEKDAYS = (2, 4)
TRANSFER_WEEK = 9
DEATH_WEEK = 12


@dataclass(frozen=True)
class Days:
    """Dates of one run; all are days in Rwanda."""

    today: date

    @property
    def first_release(self) -> date:
        """When the first of the group was released."""
        return self.today - timedelta(days=RELEASED_DAYS_AGO)

    @property
    def cohort_starts(self) -> date:
        """The Monday on which the groups began."""
        day = self.first_release - timedelta(days=COHORT_DAYS_BEFORE_RELEASE)
        return day - timedelta(days=day.weekday())

    def session(self, place: int) -> date:
        """Day of the session at this place, from 0: two a week, Wednesday and Friday."""
        week, turn = divmod(place, len(SESSION_WEEKDAYS))
        return self.cohort_starts + timedelta(days=7 * week + SESSION_WEEKDAYS[turn])

    def monday(self, week: int) -> date:
        """Monday of a week of the groups, from 1."""
        return self.cohort_starts + timedelta(days=7 * (week - 1))


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def months_after(day: date, months: int) -> date:
    """So many months later (earlier when negative), clamped to the end of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def at(day: date, hour: int, minute: int = 0) -> str:
    """A moment of a day in Rwanda, as the interface takes it."""
    return datetime.combine(day, time(hour, minute), KIGALI).isoformat()
