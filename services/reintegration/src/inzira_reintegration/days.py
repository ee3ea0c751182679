"""Days and moments in Rwanda."""

from datetime import date, datetime

from inzira_platform.clock import KIGALI


def kigali_day(moment: datetime) -> date:
    """The calendar day of an aware moment in Africa/Kigali."""
    return moment.astimezone(KIGALI).date()
