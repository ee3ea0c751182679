"""Dates as registers write them. Pure: what today is and how Excel counts days come in as arguments.

Day before month always (domain.md 2.4: dd/mm/yyyy); a two-digit year is refused, never guessed.
"""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache

from inzira_intake.register.words import fold
from inzira_intake.rulesets import load

EARLIEST_YEAR = 1900
LATEST_YEAR = 2199
_EXCEL_EPOCH = date(1899, 12, 30)
# Bare numbers below this would be a year (1985) or a count, not an Excel day number: 8 November 1910.
_FIRST_SERIAL, _LAST_SERIAL = 3965, 109574

_TIME = r"(?:[t ,]*(?:a )?\d{1,2}[:h]\d{0,2}(?::\d{2})?(?:\.\d+)?\s*(?:am|pm)?\s*(?:z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})\s*[-/. ]\s*(\d{{1,2}})\s*[-/. ]\s*(\d{{1,2}}){_TIME}")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\s*[-/. ]\s*(\d{{1,2}})\s*[-/. ]\s*(\d{{4}}){_TIME}")
_SHORT_YEAR = re.compile(rf"(?:\d{{1,2}}\s*([-/. ])\s*(?:\d{{1,2}}|[a-z]+)\s*\1\s*\d{{2}}){_TIME}")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_DAY_MONTH_NAME = re.compile(rf"(\d{{1,2}})(?:er|st|nd|rd|th)?[-/. ,]*([a-z]+)\.?[-/. ,]*(\d{{4}}){_TIME}")
_MONTH_NAME_DAY = re.compile(rf"([a-z]+)\.?[ -]*(\d{{1,2}})(?:st|nd|rd|th)?[ ,-]+(\d{{4}}){_TIME}")
_LEADING = re.compile(
    r"^(?:(?:on|le|ku wa|ku itariki ya|itariki|italiki|tariki|taliki|kuwa"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)[ ,:]+)+"
)


@cache
def _months() -> dict[str, int]:
    return {name: number for number, names in load("register")["months"].items() for name in names}


class DateFault(StrEnum):
    """Why a cell gave no date."""

    MISSING = "missing"
    NOT_A_DATE = "not_a_date"
    SHORT_YEAR = "short_year"


def read_date(cell: object, *, counts_from_1904: bool = False) -> date | DateFault:
    """The day a cell means, or why it means none.

    `cell` is what the workbook holds: a date, a text, or a number (Excel's count of days, from 1900 or 1904).
    """
    if cell is None:
        return DateFault.MISSING
    if isinstance(cell, datetime):
        return _bounded(cell.date())
    if isinstance(cell, date):
        return _bounded(cell)
    if isinstance(cell, bool):
        return DateFault.NOT_A_DATE
    if isinstance(cell, int | float):
        return _from_serial(cell, counts_from_1904)
    if isinstance(cell, str):
        return _from_text(cell, counts_from_1904)
    return DateFault.NOT_A_DATE


def _from_serial(number: float, counts_from_1904: bool) -> date | DateFault:
    if not _FIRST_SERIAL <= number <= _LAST_SERIAL:
        compact = _COMPACT.fullmatch(f"{number:.0f}")
        return _day(compact[1], compact[2], compact[3]) if compact else DateFault.NOT_A_DATE
    shift = 1462 if counts_from_1904 else 0
    return _bounded(_EXCEL_EPOCH + timedelta(days=int(number) + shift))


def _from_text(text: str, counts_from_1904: bool) -> date | DateFault:
    folded = _LEADING.sub("", fold(text).strip(" '")).strip(" .,;'")
    if not folded.strip("-_. /"):
        return DateFault.MISSING
    if found := _YEAR_FIRST.fullmatch(folded):
        return _day(found[1], found[2], found[3])
    if found := _DAY_FIRST.fullmatch(folded):
        return _day(found[3], found[2], found[1])
    if found := _COMPACT.fullmatch(folded):
        return _day(found[1], found[2], found[3])
    if re.fullmatch(r"\d{5}(?:\.\d+)?", folded):
        return _from_serial(float(folded), counts_from_1904)
    return _from_month_name(folded)


def _from_month_name(folded: str) -> date | DateFault:
    if (found := _DAY_MONTH_NAME.fullmatch(folded)) and found[2] in _months():
        return _day(found[3], str(_months()[found[2]]), found[1])
    if (found := _MONTH_NAME_DAY.fullmatch(folded)) and found[1] in _months():
        return _day(found[3], str(_months()[found[1]]), found[2])
    return DateFault.SHORT_YEAR if _SHORT_YEAR.fullmatch(folded) else DateFault.NOT_A_DATE


def _day(year: str, month: str, day: str) -> date | DateFault:
    try:
        return _bounded(date(int(year), int(month), int(day)))
    except ValueError:
        return DateFault.NOT_A_DATE


def _bounded(day: date) -> date | DateFault:
    return day if EARLIEST_YEAR <= day.year <= LATEST_YEAR else DateFault.NOT_A_DATE
