"""Clocks are injected: no rule asks the machine for the time."""

from datetime import UTC, date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

KIGALI = ZoneInfo("Africa/Kigali")


class Clock(Protocol):
    """Now in UTC and today in Rwanda."""

    def now(self) -> datetime:
        """Aware time in UTC."""

    def today(self) -> date:
        """Calendar day in Africa/Kigali (UTC+2, no daylight saving)."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Aware time in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Calendar day in Africa/Kigali."""
        return self.now().astimezone(KIGALI).date()


class FixedClock:
    """A clock that stands where it is put; tests move it with `set`."""

    def __init__(self, at: datetime) -> None:
        """`at` must be aware."""
        self._at = at.astimezone(UTC)

    def set(self, at: datetime) -> None:
        """Move the clock to `at` (aware)."""
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The time it was put at."""
        return self._at

    def today(self) -> date:
        """Its day in Africa/Kigali."""
        return self._at.astimezone(KIGALI).date()


def kigali_midnight(day: date) -> datetime:
    """The instant (UTC) at which `day` begins in Rwanda: how a fact known only by its date is stored."""
    return datetime.combine(day, time.min, KIGALI).astimezone(UTC)
