"""One row of cells to one draft of a person, with every fault it has in the order of reading. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from inzira_intake.register.dates import DateFault, read_date
from inzira_intake.register.domain import Notice, Reason, RowDraft
from inzira_intake.register.headings import Field
from inzira_intake.register.identifiers import (
    digits_text,
    disagrees,
    is_rcs_number,
    is_test_national_id,
    rcs_display,
    read_national_id,
    read_phone,
    read_sex,
)
from inzira_intake.register.names import join_name, read_name
from inzira_intake.register.sentences import read_sentence
from inzira_intake.register.words import clean
from inzira_intake.register.workbook import Broken

YOUNGEST, OLDEST = 10, 120
MAX_TEXT = 200
_EMPTY_WORDS = frozenset(("-", "--", "---", "n/a", "n.a.", "nil", "none", ".", "_", "/", "?"))


@dataclass(frozen=True)
class Rules:
    """What reading a row depends on: the day, Excel's calendar, and who knows places and offences by their names.

    `facility` gives (code, name), `district` and `offence` a code; each None for words it does not know.
    """

    today: date
    test_data: bool
    facility: Callable[[str], tuple[str, str] | None]
    district: Callable[[str], str | None]
    offence: Callable[[str], str | None]
    counts_from_1904: bool = False


class Row:
    """The cells of one row by field, and what was found wrong so far."""

    def __init__(self, cells: Sequence[object], columns: dict[Field, int]) -> None:
        """`columns` is where each field stands."""
        self._cells = cells
        self._columns = columns
        self.faults: list[Reason] = []
        self.notices: list[Notice] = []

    def cell(self, field: Field) -> object:
        """The raw cell; None where the column or the cell is not there."""
        column = self._columns.get(field)
        return self._cells[column] if column is not None and column < len(self._cells) else None

    def text(self, field: Field) -> str:
        """The cell as clean text; empty for nothing, dashes, `n/a` and broken cells."""
        cell = self.cell(field)
        if cell is None or isinstance(cell, Broken):
            return ""
        found = digits_text(cell).lstrip("'")
        return "" if found.casefold() in _EMPTY_WORDS else found[:MAX_TEXT]

    def is_broken(self, field: Field) -> bool:
        """Whether the cell holds an Excel error instead of a value."""
        return isinstance(self.cell(field), Broken)


def read_row(number: int, cells: Sequence[object], columns: dict[Field, int], rules: Rules) -> RowDraft:
    """The draft of spreadsheet row `number` (from 1)."""
    row = Row(cells, columns)
    read: dict[str, Any] = {"rcs_number": _rcs_number(row), "name": _name(row), "sex": _sex(row)}
    read["born_on"] = _date(row, rules, Field.BORN_ON, "BIRTH_DATE")
    read.update(_facility(row, rules))
    read["admitted_on"] = _date(row, rules, Field.ADMITTED_ON, "ADMISSION_DATE")
    read["order"] = _required(row, Field.ORDER, Reason.ORDER_MISSING)
    read["authority"] = _required(row, Field.AUTHORITY, Reason.AUTHORITY_MISSING)
    read["sentence"] = read_sentence(row.cell(Field.SENTENCE))
    if read["sentence"] is None:
        row.faults.append(Reason.SENTENCE_NOT_UNDERSTOOD)
    read["starts_on"] = _date(row, rules, Field.STARTS_ON, "SENTENCE_START")
    _compare_dates(row, read["born_on"], read["admitted_on"], read["starts_on"])
    read["national_id"] = _national_id(row, rules, read["sex"], read["born_on"])
    read.update(_beside(row, rules))
    return RowDraft(row=number, faults=tuple(row.faults), notices=tuple(row.notices), **read)


def _rcs_number(row: Row) -> str | None:
    number = rcs_display(row.text(Field.RCS_NUMBER))
    if is_rcs_number(number):
        return number
    missing = not number and not row.is_broken(Field.RCS_NUMBER)
    row.faults.append(Reason.RCS_NUMBER_MISSING if missing else Reason.RCS_NUMBER_NOT_UNDERSTOOD)
    return None


def _name(row: Row) -> str | None:
    whole = row.text(Field.NAME)
    parts = row.text(Field.FAMILY_NAME), row.text(Field.GIVEN_NAME)
    name = read_name(whole) if whole else join_name(*parts)
    if name is None:
        row.faults.append(Reason.NAME_MISSING)
    return name


def _sex(row: Row) -> str | None:
    text = row.text(Field.SEX)
    sex = read_sex(text)
    if sex is None:
        missing = not text and not row.is_broken(Field.SEX)
        row.faults.append(Reason.SEX_MISSING if missing else Reason.SEX_NOT_UNDERSTOOD)
    return sex


def _date(row: Row, rules: Rules, field: Field, reason: str) -> date | None:
    """The date in a column; its fault is one of the four reasons whose names begin with `reason`."""
    found = read_date(row.cell(field), counts_from_1904=rules.counts_from_1904)
    if isinstance(found, DateFault):
        row.faults.append(Reason(f"{reason}_{found.name}"))
        return None
    if found > rules.today:
        row.faults.append(Reason(f"{reason}_IN_FUTURE"))
    return found


def _facility(row: Row, rules: Rules) -> dict[str, str | None]:
    text = row.text(Field.FACILITY)
    found = rules.facility(text) if text else None
    if found is None:
        missing = not text and not row.is_broken(Field.FACILITY)
        row.faults.append(Reason.FACILITY_MISSING if missing else Reason.FACILITY_UNKNOWN)
        return {}
    return {"facility": found[0], "facility_name": found[1]}


def _required(row: Row, field: Field, reason: Reason) -> str | None:
    text = row.text(field)
    if any(letter.isalnum() for letter in text):
        return text
    row.faults.append(reason)
    return None


def _compare_dates(row: Row, born: date | None, admitted: date | None, starts: date | None) -> None:
    """Faults between dates; a date already at fault says enough by itself."""
    if born and Reason.BIRTH_DATE_IN_FUTURE not in row.faults:
        if admitted and admitted < born:
            row.faults.append(Reason.ADMITTED_BEFORE_BIRTH)
        elif admitted and not YOUNGEST <= admitted.year - born.year <= OLDEST:
            row.faults.append(Reason.AGE_IMPOSSIBLE)
        elif starts and starts < born:
            row.faults.append(Reason.SENTENCE_BEFORE_BIRTH)


def _national_id(row: Row, rules: Rules, sex: str | None, born: date | None) -> str | None:
    text = row.text(Field.NATIONAL_ID)
    number = read_national_id(text)
    if number is None or (is_test_national_id(number) and not rules.test_data):
        if text or row.is_broken(Field.NATIONAL_ID):
            row.notices.append(Notice.NATIONAL_ID_MALFORMED)
        return None
    if disagrees(number, sex, born.year if born else None):
        row.notices.append(Notice.NATIONAL_ID_DISAGREES)
    return number


def _beside(row: Row, rules: Rules) -> dict[str, str | None]:
    """What is good to have: telephone, next of kin, offence, district of return. None of it holds a row up."""
    phone, district, offence = (row.text(field) for field in (Field.PHONE, Field.RETURN_DISTRICT, Field.OFFENCE))
    read = {
        "phone": read_phone(phone),
        "next_of_kin": clean(row.text(Field.NEXT_OF_KIN)) or None,
        "offence": offence or None,
        "offence_code": rules.offence(offence) if offence else None,
        "return_district": rules.district(district) if district else None,
    }
    for text, found, notice in (
        (phone, read["phone"], Notice.PHONE_MALFORMED),
        (district, read["return_district"], Notice.DISTRICT_UNKNOWN),
        (offence, read["offence_code"], Notice.OFFENCE_UNKNOWN),
    ):
        if text and found is None:
            row.notices.append(notice)
    return read
