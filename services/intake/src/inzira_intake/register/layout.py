"""Finding the register in a sheet: its heading line, and which later lines are people and which are not. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from inzira_intake.register.headings import Field, missing_fields, read_headings
from inzira_intake.register.words import plain_words
from inzira_intake.register.workbook import Broken
from inzira_intake.rulesets import load

SEARCHED_ROWS = 40
LEAST_HEADINGS = 5


@cache
def _total() -> re.Pattern[str]:
    return re.compile("|".join(load("register")["totals"]))


@cache
def _signature() -> re.Pattern[str]:
    return re.compile("^(?:" + "|".join(load("register")["signatures"]) + r")\b")


class Ignored(StrEnum):
    """Why a line is no person; told with the answer, so that nothing is dropped in silence."""

    TOTAL = "total"
    REPEATED_HEADINGS = "repeated_headings"
    SIGNATURE = "signature"
    NOTE = "note"


@dataclass(frozen=True)
class Layout:
    """Where the headings end (index of the last heading line) and the column index of each field."""

    heading_index: int
    columns: dict[Field, int]

    @property
    def missing(self) -> list[Field]:
        """Needed columns that are not there."""
        return missing_fields(self.columns)


def find_layout(rows: Sequence[list[object]]) -> Layout | None:
    """The heading line among the first 40 rows: the one (or the pair of lines) that names most fields.

    None when no line names at least five.
    """
    best: Layout | None = None
    for index in range(min(len(rows), SEARCHED_ROWS)):
        for layout in _candidates(rows, index):
            if best is None or len(layout.columns) > len(best.columns):
                best = layout
    return best


def _candidates(rows: Sequence[list[object]], index: int) -> list[Layout]:
    single = Layout(index, read_headings(rows[index]))
    found = [single] if len(single.columns) >= LEAST_HEADINGS else []
    two = rows[index : index + 2]
    if single.missing and len(two) == 2 and all(_only_short_texts(row) for row in two):
        pair = Layout(index + 1, read_headings(_stacked(*two)))
        found += [pair] if len(pair.columns) >= LEAST_HEADINGS else []
    return found


def _only_short_texts(row: list[object]) -> bool:
    filled = [cell for cell in row if cell is not None]
    return len(filled) > 1 and all(isinstance(cell, str) and len(cell) <= 60 for cell in filled)


def _stacked(upper: list[object], lower: list[object]) -> list[object]:
    """Two heading lines as one; a heading above that spans several columns (merged) counts for each of them."""
    joined: list[object] = []
    spanning = ""
    for column in range(max(len(upper), len(lower))):
        above = upper[column] if column < len(upper) else None
        below = lower[column] if column < len(lower) else None
        spanning = str(above) if above is not None else (spanning if below is not None else "")
        joined.append(f"{spanning} {below}".strip() if below is not None else above)
    return joined


def is_blank(row: Sequence[object]) -> bool:
    """Nothing but empty cells, white space and formulas never calculated."""
    return all(_is_empty(cell) for cell in row)


def ignored_as(row: Sequence[object], columns: dict[Field, int], *, after_end: bool = False) -> Ignored | None:
    """Why a filled line is no person, or None when it is one (in doubt it is one, and is refused aloud).

    `after_end` is true below a total or signature line, where names and titles of officials stand alone.
    """
    filled = [cell for cell in row if not _is_empty(cell)]
    register = {field for field, column in columns.items() if column < len(row) and not _is_empty(row[column])}
    if not _has_number(row, columns) and len(read_headings(list(row))) >= LEAST_HEADINGS:
        return Ignored.REPEATED_HEADINGS
    if not register:
        return Ignored.NOTE
    first = plain_words(filled[0]) if isinstance(filled[0], str) else ""
    if _total().search(first) and all(isinstance(cell, int | float | Broken) for cell in filled[1:]):
        return Ignored.TOTAL
    if len(register) > 5 or {Field.SEX, Field.SENTENCE} <= register:
        return None
    if _total().search(first) or any(_total().match(plain_words(cell)) for cell in filled if isinstance(cell, str)):
        return Ignored.TOTAL
    if _signature().match(first):
        return Ignored.SIGNATURE
    if after_end and len(register) <= 3 and not _has_number(row, columns):
        return Ignored.SIGNATURE
    return Ignored.NOTE if _is_note(filled, register, row, columns) else None


def _is_note(filled: list[object], register: set[Field], row: Sequence[object], columns: dict[Field, int]) -> bool:
    """One text alone that is not an RCS number nor in the column of names: the title of a section, a remark.

    Or a few bare numbers: the counts under a total.
    """
    if all(isinstance(cell, int | float) for cell in filled):
        return Field.RCS_NUMBER not in register or len(filled) == 1
    if len(filled) > 1 or not isinstance(filled[0], str):
        return False
    in_names = bool(register & {Field.NAME, Field.FAMILY_NAME, Field.GIVEN_NAME})
    return not in_names and not _has_number(row, columns)


def _has_number(row: Sequence[object], columns: dict[Field, int]) -> bool:
    """Whether the RCS number's column holds a digit (and not a sentence of many words)."""
    column = columns.get(Field.RCS_NUMBER)
    if column is None or column >= len(row) or row[column] is None:
        return False
    text = str(row[column])
    return any(letter.isdigit() for letter in text) and len(text.split()) <= 4


def _is_empty(cell: object) -> bool:
    if cell is None or (isinstance(cell, Broken) and not cell.calculated):
        return True
    return isinstance(cell, str) and not plain_words(cell) and not cell.strip("\u200b\ufeff -_.:|\u00a0\t\n")
