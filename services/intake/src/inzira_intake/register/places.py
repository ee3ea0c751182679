"""The names of places and offences, as far as reading a register needs them."""

from datetime import date

from inzira_intake.facility.domain import find_district, find_facility, find_offence
from inzira_intake.register.rows import Rules


def place_rules(today: date, *, test_data: bool) -> Rules:
    """The rules of reading on `today` (Kigali), with the service's own facilities, districts and offences."""
    return Rules(today, test_data, facility=_facility, district=_district, offence=_offence)


def _facility(text: str) -> tuple[str, str] | None:
    found = find_facility(text)
    return (found.code, found.name) if found else None


def _district(text: str) -> str | None:
    found = find_district(text)
    return found.code if found else None


def _offence(text: str) -> str | None:
    found = find_offence(text)
    return found.code if found else None
