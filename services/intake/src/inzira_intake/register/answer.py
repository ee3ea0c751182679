"""The answer to a register: a copy of its workbook with the outcome and the reason beside each row.

Formatting is kept. Formulas are not: their calculated values stand in their place, and links, names, validations and
conditional formats, which may hold formulas, are left out. So nothing in the answer runs, whoever sent what.
"""

import io
import json
import sys
import warnings
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass

import openpyxl
from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidationList
from openpyxl.worksheet.worksheet import Worksheet

from inzira_intake.register.domain import Outcome
from inzira_intake.register.phrases import in_words, notices_in_words, outcome_in_words, reason_in_words
from inzira_intake.register.reading import locate_register
from inzira_intake.register.words import plain_words
from inzira_intake.register.workbook import MAX_COLUMNS

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("outcome", "reason")
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FILLS = {
    Outcome.ADMITTED: PatternFill("solid", fgColor="FFE2F0D9"),
    Outcome.DUPLICATE: PatternFill("solid", fgColor="FFEDEDED"),
    Outcome.REVIEW: PatternFill("solid", fgColor="FFFFF2CC"),
    Outcome.REJECTED: PatternFill("solid", fgColor="FFF8CBAD"),
}


@dataclass(frozen=True)
class Verdict:
    """What became of one row, as codes."""

    outcome: Outcome
    reasons: tuple[str, ...]
    notices: tuple[str, ...]


def write_answer(content: bytes, verdicts: Mapping[int, Verdict], language: str) -> bytes:
    """The workbook of `content` with two columns more; `verdicts` by spreadsheet row, words in `language`."""
    title, heading_row = locate_register(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
        _still(workbook)
        sheet = workbook[title]
        columns = _columns(sheet, heading_row)
        _write_headings(sheet, heading_row, columns, language)
        for row, verdict in verdicts.items():
            _write_verdict(sheet, row, columns, verdict, language)
        answer = io.BytesIO()
        workbook.save(answer)
    return answer.getvalue()


def _still(workbook: Workbook) -> None:
    """Nothing calculates, calls or links; a text that looks like a formula stays text, also when it is typed over."""
    workbook.defined_names.clear()
    for sheet in workbook.worksheets:
        sheet.defined_names.clear()
        sheet.data_validations = DataValidationList()
        sheet.conditional_formatting = ConditionalFormattingList()
        for line in sheet.iter_rows():
            for cell in line:
                if isinstance(cell, Cell):
                    _still_cell(cell)


def _still_cell(cell: Cell) -> None:
    if cell.hyperlink is not None:
        cell.hyperlink = None
    if isinstance(cell.value, str) and cell.value.startswith(_BEGINS_A_FORMULA):
        cell.data_type = "s"
        cell.quotePrefix = True  # Excel's own mark for text, as if typed behind an apostrophe


def _columns(sheet: Worksheet, heading_row: int) -> tuple[int, int]:
    """Where outcome and reason go: where an earlier answer put them, else right of everything."""
    words = [{plain_words(in_words(name, language)) for language in ("en", "fr", "rw")} for name in HEADINGS]
    for column in range(1, min(sheet.max_column, MAX_COLUMNS)):
        pair = [sheet.cell(heading_row, column + at).value for at in (0, 1)]
        if all(isinstance(text, str) and plain_words(text) in listed for text, listed in zip(pair, words, strict=True)):
            return column, column + 1
    last = max(
        (cell.column for line in sheet.iter_rows(max_col=MAX_COLUMNS) for cell in line if cell.value is not None),
        default=1,
    )
    return last + 1, last + 2


def _write_headings(sheet: Worksheet, row: int, columns: tuple[int, int], language: str) -> None:
    model = sheet.cell(row, max(1, columns[0] - 1))
    for column, name, width in zip(columns, HEADINGS, (12, 60), strict=True):
        cell = _writable(sheet, row, column)
        if cell is None:
            continue
        cell.value = in_words(name, language)
        if model.has_style:
            for part in ("font", "border", "alignment", "fill"):
                setattr(cell, part, copy(getattr(model, part)))
        sheet.column_dimensions[get_column_letter(column)].width = width


def _write_verdict(sheet: Worksheet, row: int, columns: tuple[int, int], verdict: Verdict, language: str) -> None:
    reason = reason_in_words(verdict.reasons, language)
    notices = notices_in_words(verdict.notices, language)
    texts = (outcome_in_words(verdict.outcome, language), "; ".join(filter(None, (reason, notices))))
    for column, text in zip(columns, texts, strict=True):
        cell = _writable(sheet, row, column)
        if cell is not None:
            cell.value = text or None
            cell.fill = _FILLS[verdict.outcome]


def _writable(sheet: Worksheet, row: int, column: int) -> Cell | None:
    """The cell, freed from a merged range that reaches over it from elsewhere."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        for merged in list(sheet.merged_cells.ranges):
            if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col:
                sheet.unmerge_cells(str(merged))
        cell = sheet.cell(row, column)
    return cell if isinstance(cell, Cell) else None


def main() -> None:
    """Standard input: one line of JSON (language, verdicts by row), then the workbook. Standard output: the answer."""
    head = json.loads(sys.stdin.buffer.readline())
    verdicts = {
        int(row): Verdict(Outcome(outcome), tuple(reasons), tuple(notices))
        for row, (outcome, reasons, notices) in head["verdicts"].items()
    }
    sys.stdout.buffer.write(write_answer(sys.stdin.buffer.read(), verdicts, head["language"]))


if __name__ == "__main__":
    main()
