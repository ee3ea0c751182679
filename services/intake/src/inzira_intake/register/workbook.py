"""Opening a workbook that anybody may have sent: what it is, that it is safe to read, and the cells of its sheets.

Works on bytes only. Formulas are never run: their last calculated value is read.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import openpyxl
from inzira_platform.errors import DomainError, Kind
from openpyxl.utils.datetime import CALENDAR_MAC_1904

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 120 * 1024 * 1024
MAX_PARTS = 2000
MAX_RATIO = 300
MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_CELLS = 1_000_000
_ERRORS = re.compile(r"#(?:REF|N/A|VALUE|DIV/0|NAME|NUM|NULL|SPILL|CALC|GETTING_DATA|FIELD|BLOCKED)[!?]?", re.I)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Broken:
    """A cell that holds no value to trust: an Excel error, or a formula that was never calculated."""

    def __init__(self, calculated: bool) -> None:
        """`calculated` is false for a formula without a stored value."""
        self.calculated = calculated


EXCEL_ERROR: Final = Broken(calculated=True)
UNCALCULATED: Final = Broken(calculated=False)


class NotAWorkbookError(DomainError):
    kind = Kind.UNSUPPORTED_MEDIA
    code = "register-not-a-workbook"
    message = "This is not an Excel workbook (.xlsx). Open it in Excel or LibreOffice, save it as .xlsx and send that."


class OldWorkbookError(DomainError):
    kind = Kind.UNSUPPORTED_MEDIA
    code = "register-old-workbook"
    message = "This is an old Excel file (.xls). Open it, save it as .xlsx (Excel workbook) and send that."


class EncryptedWorkbookError(DomainError):
    code = "register-encrypted"
    message = "This workbook is locked with a password. Save a copy without the password and send that."


class MacroWorkbookError(DomainError):
    kind = Kind.UNSUPPORTED_MEDIA
    code = "register-macros"
    message = "This workbook contains macros. Save it as .xlsx (Excel workbook, without macros) and send that."


class WorkbookTooLargeError(DomainError):
    kind = Kind.TOO_LARGE
    code = "register-too-large"
    message = "This workbook is too large: at most 10 MB and 20,000 rows. Split the register and send the parts."


class WorkbookDamagedError(DomainError):
    code = "register-damaged"
    message = "This workbook is damaged and cannot be read. Open it in Excel, save it again and send the new file."


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet from its first row; texts, numbers, dates, None, or Broken."""

    title: str
    rows: list[list[object]]
    counts_from_1904: bool


def check_package(content: bytes) -> None:
    """Say what the bytes are before anything reads them.

    Raises NotAWorkbookError, OldWorkbookError, EncryptedWorkbookError, MacroWorkbookError, WorkbookTooLargeError
    or WorkbookDamagedError.
    """
    if len(content) > MAX_BYTES:
        raise WorkbookTooLargeError
    if content.startswith(_OLE):
        raise (EncryptedWorkbookError if "EncryptedPackage".encode("utf-16-le") in content else OldWorkbookError)
    if not content.startswith(b"PK"):
        raise NotAWorkbookError
    with _problems_named(), zipfile.ZipFile(io.BytesIO(content)) as package:
        _check_parts(package)


def _check_parts(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise NotAWorkbookError
    if any(part.flag_bits & 0x1 for part in parts):
        raise EncryptedWorkbookError
    if any(name.lower().endswith(("vbaproject.bin", ".xlm")) or "/macrosheets/" in name.lower() for name in names):
        raise MacroWorkbookError
    sizes = [part.file_size for part in parts]
    swollen = any(part.file_size > 5_000_000 and part.file_size > MAX_RATIO * part.compress_size for part in parts)
    if len(parts) > MAX_PARTS or sum(sizes) > MAX_UNPACKED or swollen or len(names) != len(parts):
        raise WorkbookTooLargeError
    kinds = package.read("[Content_Types].xml").lower()
    if b"macroenabled" in kinds:
        raise MacroWorkbookError
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            _check_xml(package, part)


def _check_xml(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No document type, which no workbook has and attacks begin with; and no more cells or texts than a register."""
    counted = 0
    with package.open(part) as opened:
        while block := opened.read(1 << 20):
            if opened.tell() <= 1 << 20 and b"<!doctype" in block.lower():
                raise WorkbookDamagedError
            counted += block.count(b"<c") + block.count(b"<si") + block.count(b"<xf")
            if counted > MAX_CELLS:
                raise WorkbookTooLargeError


def read_sheets(content: bytes, *, first_rows: int | None = None) -> list[Sheet]:
    """Every worksheet with its cells, or only the `first_rows` of each.

    Raises what `check_package` raises, and WorkbookTooLargeError past 20,000 rows.
    """
    check_package(content)
    with _problems_named():
        values = _load(content, data_only=True)
        formulas = _load(content, data_only=False) if _has_formulas(content) else None
        sheets = []
        for worksheet in values.worksheets:
            rows = list(_cells(worksheet, first_rows))
            if formulas is not None:
                _mark_uncalculated(rows, _cells(formulas[worksheet.title], first_rows))
            sheets.append(Sheet(worksheet.title, rows, values.epoch == CALENDAR_MAC_1904))
        return sheets


@contextmanager
def _problems_named() -> Iterator[None]:
    """Whatever a broken workbook makes the reader raise, the answer is that it is damaged."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except DomainError:
        raise
    except Exception as error:
        raise WorkbookDamagedError from error


def _load(content: bytes, *, data_only: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(re.search(rb"<(?:\w+:)?f[ >/]", package.read(name)) is not None for name in sheets)


def _cells(worksheet: object, first_rows: int | None) -> Iterator[list[object]]:
    """Rows of plain values, trailing empty cells cut; the declared size of a sheet is not believed."""
    worksheet.reset_dimensions()  # type: ignore[attr-defined]  # a read-only sheet, which the stubs do not know
    last = first_rows or MAX_ROWS + 1
    blank_run = 0
    for row in worksheet.iter_rows(max_row=1_048_576, max_col=MAX_COLUMNS):  # type: ignore[attr-defined]  # same
        cells = [_value(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        blank_run = 0 if cells else blank_run + 1
        if blank_run > MAX_ROWS:
            return
        last -= 1
        if last < 0 and cells:
            if first_rows is None:
                raise WorkbookTooLargeError
            return
        yield cells


def _value(cell: object) -> object:
    value = cell.value  # type: ignore[attr-defined]  # read-only and empty cells share only this
    if value is None or (isinstance(value, str) and not value):
        return None
    if getattr(cell, "data_type", "") == "e" or (isinstance(value, str) and _ERRORS.fullmatch(value.strip())):
        return EXCEL_ERROR
    return value


def _mark_uncalculated(rows: list[list[object]], formulas: Iterator[list[object]]) -> None:
    """Where a formula stands and no value was stored beside it, say so instead of `empty`."""
    for row, written in zip(rows, formulas, strict=False):
        for column, formula in enumerate(written):
            is_formula = formula is not None and not isinstance(formula, int | float | bool | Broken)
            if not (is_formula and str(formula).startswith("=")):
                continue
            row.extend([None] * (column + 1 - len(row)))
            if row[column] is None:
                row[column] = UNCALCULATED
