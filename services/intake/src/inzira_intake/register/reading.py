"""From the bytes of a workbook to the drafts of its rows. Nothing is stored and no clock is read here."""

from dataclasses import dataclass, replace

from inzira_intake.register.domain import (
    ColumnsMissingError,
    EmptyRegisterError,
    NoRegisterError,
    RowDraft,
    SeveralRegistersError,
)
from inzira_intake.register.headings import Field, read_headings, recognise
from inzira_intake.register.identifiers import digits_text
from inzira_intake.register.layout import SEARCHED_ROWS, Ignored, Layout, find_layout, ignored_as, is_blank
from inzira_intake.register.rows import Rules, read_row
from inzira_intake.register.workbook import Sheet, read_sheets


@dataclass(frozen=True)
class IgnoredLine:
    """A filled line that is no person; `row` is the spreadsheet's own number."""

    row: int
    why: Ignored


@dataclass(frozen=True)
class Register:
    """A register as read: where it is in the workbook, its rows, and the lines left out with the reason."""

    sheet: str
    heading_row: int
    drafts: list[RowDraft]
    ignored: list[IgnoredLine]


def inspect_register(content: bytes) -> None:
    """Whether the bytes are one register, reading only the head of each sheet.

    Raises the errors of `read_register` but EmptyRegisterError and WorkbookTooLargeError for many rows.
    """
    _choose(read_sheets(content, first_rows=SEARCHED_ROWS + 1))


def read_register(content: bytes, rules: Rules) -> Register:
    """Every row of the one register in a workbook.

    Raises the errors of `workbook.check_package`, NoRegisterError, ColumnsMissingError, SeveralRegistersError,
    EmptyRegisterError.
    """
    sheet, layout = _choose(read_sheets(content))
    rules = replace(rules, counts_from_1904=sheet.counts_from_1904)
    drafts: list[RowDraft] = []
    ignored: list[IgnoredLine] = []
    columns = layout.columns
    after_end = False
    for index, cells in enumerate(sheet.rows[layout.heading_index + 1 :], start=layout.heading_index + 2):
        if is_blank(cells):
            continue
        why = ignored_as(cells, columns, after_end=after_end)
        if why is None:
            after_end = False
            drafts.append(read_row(index, cells, columns, rules))
            continue
        ignored.append(IgnoredLine(index, why))
        after_end = after_end or why in (Ignored.TOTAL, Ignored.SIGNATURE)
        if why is Ignored.REPEATED_HEADINGS:
            columns = _columns_again(cells, columns)
    if not drafts:
        raise EmptyRegisterError
    return Register(sheet.title, layout.heading_index + 1, drafts, ignored)


def _columns_again(cells: list[object], columns: dict[Field, int]) -> dict[Field, int]:
    """A repeated heading line counts from there on, when it is complete: somebody may have moved a column."""
    again = Layout(0, read_headings(cells))
    return again.columns if not again.missing and len(again.columns) >= len(columns) else columns


def _choose(sheets: list[Sheet]) -> tuple[Sheet, Layout]:
    found = [(sheet, layout) for sheet in sheets if (layout := find_layout(sheet.rows)) is not None]
    whole = [(sheet, layout) for sheet, layout in found if not layout.missing and not _only_counts(sheet, layout)]
    if len(whole) > 1:
        raise SeveralRegistersError
    if whole:
        return whole[0]
    if not found:
        raise NoRegisterError
    _, layout = max(found, key=lambda pair: len(pair[1].columns))
    missing = layout.missing or [Field.RCS_NUMBER]
    raise ColumnsMissingError(columns=", ".join(str(name).replace("_", " ") for name in missing))


def _only_counts(sheet: Sheet, layout: Layout) -> bool:
    """Whether the number column, headed only `No`, holds 1, 2, 3 …: lines counted, not RCS numbers."""
    column = layout.columns[Field.RCS_NUMBER]
    heading = sheet.rows[layout.heading_index][column]
    if not isinstance(heading, str) or (named := recognise(heading)) is None or named[1] > 0:
        return False
    values = [
        digits_text(row[column])
        for row in sheet.rows[layout.heading_index + 1 :]
        if column < len(row) and row[column] is not None
    ]
    return len(values) > 1 and all(value == str(at) for at, value in enumerate(values[:30], start=1))


def locate_register(content: bytes) -> tuple[str, int]:
    """The title of the sheet that holds the register, and the row of its (last) heading line.

    Raises the errors of `inspect_register`.
    """
    sheet, layout = _choose(read_sheets(content, first_rows=SEARCHED_ROWS + 1))
    return sheet.title, layout.heading_index + 1
