"""The names of places and offences, as far as reading a register needs them."""

import re
from datetime import date

from inzira_intake.facility.domain import find_district, find_facility, find_offence
from inzira_intake.register.rows import Rules

_BETWEEN = re.compile(r"[/(),;:]|\s[-–]\s")
_ELISION = re.compile(r"['’ʼ`]")


def place_rules(today: date, *, test_data: bool) -> Rules:
    """The rules of reading on `today` (Kigali), with the service's own facilities, districts and offences."""
    return Rules(today, test_data, facility=_facility, district=_district, offence=_offence)


def _facility(text: str) -> tuple[str, str] | None:
    """As written; else the one facility that every known part of it names: `Huye (Karubanda)`, `HUY - Huye`."""
    spaced = _ELISION.sub(" ", text)  # `prison d'Huye`, `igororero ry'i Huye`
    whole = find_facility(text) or find_facility(spaced)
    parts = [whole] if whole else [find_facility(part) for part in _BETWEEN.split(spaced) if part.strip()]
    named = {(found.code, found.name) for found in parts if found}
    return named.pop() if len(named) == 1 and all(parts) else None


def _district(text: str) -> str | None:
    found = find_district(text)
    return found.code if found else None


def _offence(text: str) -> str | None:
    found = find_offence(text)
    return found.code if found else None
