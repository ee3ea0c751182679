"""The length of a sentence: years, months and days, or life; ISO 8601 in writing (domain.md 2.5). Pure."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from inzira_platform.errors import DomainError, Kind

ISO = re.compile(r"^P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?$")
LAST_YEAR = 2199
LONGEST_YEARS = 150


class DurationError(DomainError):
    kind = Kind.INVALID
    code = "duration-invalid"
    message = "Write the length as an ISO 8601 duration such as P5Y6M, of 1 day to 150 years, or LIFE."


@dataclass(frozen=True)
class Duration:
    """Calendar length; `life` excludes the rest."""

    years: int = 0
    months: int = 0
    days: int = 0
    life: bool = False

    def __str__(self) -> str:
        """ISO 8601 with empty parts left out, or LIFE."""
        if self.life:
            return "LIFE"
        parts = ((self.years, "Y"), (self.months, "M"), (self.days, "D"))
        return "P" + "".join(f"{count}{sign}" for count, sign in parts if count)


LIFE = Duration(life=True)


def parse_duration(text: str, *, field: str = "duration") -> Duration:
    """`P15Y6M`, `P18M`, `P200D` or `LIFE` as a Duration. Raises DurationError naming `field`."""
    if text == "LIFE":
        return LIFE
    found = ISO.match(text)
    if not found:
        raise DurationError(field=field)
    years, months, days = (int(part or 0) for part in found.groups())
    if not any((years, months, days)) or years + months / 12 + days / 365 > LONGEST_YEARS:
        raise DurationError(field=field)
    return Duration(years, months, days)


def add_duration(day: date, duration: Duration) -> date:
    """`day` plus years, then months clamped to the end of the month, then days (domain.md 2.5, 2).

    Raises DurationError when the result lies past the year 2199.
    """
    year = day.year + duration.years
    month_index = day.month - 1 + duration.months
    year += month_index // 12
    month = month_index % 12 + 1
    if year > LAST_YEAR:
        raise DurationError("The sentence would end past the year 2199.", field="duration")
    clamped = date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    return clamped + timedelta(days=duration.days)
