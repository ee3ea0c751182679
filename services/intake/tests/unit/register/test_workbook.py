"""Files of every kind: one clear problem for what is no register, the right cells for what is."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inzira_intake.register import workbook
from inzira_intake.register.domain import (
    ColumnsMissingError,
    EmptyRegisterError,
    NoRegisterError,
    Reason,
    SeveralRegistersError,
)
from inzira_intake.register.layout import Ignored
from inzira_intake.register.reading import Register, inspect_register, read_register
from inzira_intake.register.rows import Rules
from inzira_platform.errors import DomainError
from openpyxl.workbook import Workbook

EXAMPLE = Path(__file__).parents[2] / "examples" / "register-huye.xlsx"
HEADINGS = (
    "RCS No", "Names", "Sex", "Date of birth", "Facility", "Date of admission", "Commitment order", "Authority",
    "Sentence", "Start of sentence",
)  # fmt: skip
ROW: tuple[Any, ...] = (
    "HUY-1", "UWASE Agnès", "F", "01/02/1980", "Huye", "3/4/2010", "ORD/1", "TGI Huye", "15 years", "3/4/2010",
)  # fmt: skip


def book_of(*lines: Sequence[Any], sheet: str = "Register") -> Workbook:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for line in lines:
        book.active.append(list(line))
    return book


def bytes_of(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The package with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()


@pytest.fixture
def read(rules: Rules) -> Callable[..., Register]:
    """Read a workbook of these lines."""
    return lambda *lines: read_register(bytes_of(book_of(*lines)), rules)


def test_the_plainest_register(read: Callable[..., Register]) -> None:
    register = read(HEADINGS, ROW)
    assert [draft.faults for draft in register.drafts] == [()]
    assert register.heading_row == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", workbook.NotAWorkbookError),
        (b"RCS No;Names\nHUY-1;X\n", workbook.NotAWorkbookError),
        (b"%PDF-1.7", workbook.NotAWorkbookError),
        (b"PK\x03\x04 nothing more", workbook.WorkbookDamagedError),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, workbook.OldWorkbookError),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            workbook.EncryptedWorkbookError,
        ),
        (b"PK" + b"\x00" * workbook.MAX_BYTES, workbook.WorkbookTooLargeError),
    ],
)
def test_what_is_no_workbook_is_named(content: bytes, problem: type[DomainError]) -> None:
    with pytest.raises(problem):
        inspect_register(content)


def test_zip_of_something_else_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(workbook.NotAWorkbookError):
        inspect_register(out.getvalue())


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"])
def test_macros_are_refused(part: str) -> None:
    content = changed(bytes_of(book_of(HEADINGS, ROW)), lambda parts: parts.update({part: b"x"}))
    with pytest.raises(workbook.MacroWorkbookError):
        inspect_register(content)


def test_swollen_part_is_refused_unread() -> None:
    content = changed(
        bytes_of(book_of(HEADINGS, ROW)), lambda parts: parts.update({"xl/media/a.xml": b"\x00" * 30_000_000})
    )
    with pytest.raises(workbook.WorkbookTooLargeError):
        inspect_register(content)


def test_endless_cells_are_refused_unread() -> None:
    def swell(parts: dict[str, bytes]) -> None:
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = sheet.replace(
            b"</sheetData>", b"<row>" + b"<c/>" * 1_200_000 + b"</row></sheetData>"
        )

    with pytest.raises(workbook.WorkbookTooLargeError):
        inspect_register(changed(bytes_of(book_of(HEADINGS, ROW)), swell))


def test_document_type_is_refused() -> None:
    def declare(parts: dict[str, bytes]) -> None:
        parts["xl/workbook.xml"] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + parts["xl/workbook.xml"]

    with pytest.raises(workbook.WorkbookDamagedError):
        inspect_register(changed(bytes_of(book_of(HEADINGS, ROW)), declare))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 50_000), noise=st.binary(min_size=1, max_size=40))
def test_damaged_file_is_a_problem_and_never_a_crash(rules: Rules, at: int, noise: bytes) -> None:
    content = bytearray(EXAMPLE.read_bytes())
    content[at : at + len(noise)] = noise
    try:
        assert read_register(bytes(content), rules).drafts
    except DomainError as error:
        assert error.message


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    part=st.sampled_from(["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"]),
    at=st.floats(0, 1),
    noise=st.sampled_from([b"<", b"&", b"\x00", b"<c r='ZZZZ9'>", b"</row>", b"9" * 30, b"\xff"]),
)
def test_damaged_part_is_a_problem_and_never_a_crash(rules: Rules, part: str, at: float, noise: bytes) -> None:
    def damage(parts: dict[str, bytes]) -> None:
        whole = parts.get(part, b"")
        place = int(len(whole) * at)
        parts[part] = whole[:place] + noise + whole[place:]

    content = changed(bytes_of(book_of(HEADINGS, *[ROW] * 3)), damage)
    try:
        assert read_register(content, rules).drafts
    except DomainError as error:
        assert error.message


def test_file_without_headings_says_so(read: Callable[..., Register]) -> None:
    with pytest.raises(NoRegisterError):
        read(("a", "b"), (1, 2))


def test_missing_columns_are_all_named(read: Callable[..., Register]) -> None:
    with pytest.raises(ColumnsMissingError) as caught:
        read(HEADINGS[:8], ROW[:8])
    assert caught.value.facts["columns"] == "sentence, starts on"


def test_counted_lines_are_no_rcs_numbers(read: Callable[..., Register]) -> None:
    with pytest.raises(ColumnsMissingError):
        read(("No", *HEADINGS[1:]), (1, *ROW[1:]), (2, *ROW[1:]), (3, *ROW[1:]))


def test_register_without_rows_says_so(read: Callable[..., Register]) -> None:
    with pytest.raises(EmptyRegisterError):
        read(HEADINGS)


def test_two_registers_in_one_workbook_are_refused() -> None:
    book = book_of(HEADINGS, ROW)
    book.create_sheet("Other").append(list(HEADINGS))
    with pytest.raises(SeveralRegistersError):
        inspect_register(bytes_of(book))


def test_other_sheets_beside_the_register_do_no_harm(rules: Rules) -> None:
    book = book_of(("Notes",), ("nothing here",), sheet="Notes")
    register = book.create_sheet("Igitabo")
    register.append(list(HEADINGS))
    register.append(list(ROW))
    assert read_register(bytes_of(book), rules).sheet == "Igitabo"


def test_headings_over_two_lines_are_read_together(rules: Rules) -> None:
    upper = ["RCS No", "Names", "Sex", "Date of", None, "Facility", "Commitment order", "Authority", "Sentence", None]
    lower = [None, None, None, "birth", "admission", None, None, None, "Length of sentence", "Start of sentence"]
    row = [*ROW[:4], ROW[5], ROW[4], *ROW[6:]]
    book = book_of(upper, lower, row)
    book.active.merge_cells("D1:E1")
    book.active.merge_cells("I1:J1")
    (draft,) = read_register(bytes_of(book), rules).drafts
    assert (draft.faults, draft.born_on, draft.admitted_on) == ((), date(1980, 2, 1), date(2010, 4, 3))


def test_value_of_a_formula_is_read_and_one_never_calculated_is_not_understood(rules: Rules) -> None:
    book = book_of(HEADINGS, ROW, ("HUY-2", *ROW[1:8], '=CONCATENATE("15"," years")', ROW[9]))
    (calculated, never) = read_register(bytes_of(book), rules).drafts
    assert calculated.faults == ()
    assert never.faults == (Reason.SENTENCE_NOT_UNDERSTOOD,)


def test_prefilled_formulas_below_the_register_are_no_rows(rules: Rules) -> None:
    book = book_of(HEADINGS, ROW, *[[f'=IF(A{n}="","",A{n})' for _ in HEADINGS] for n in range(3, 40)])
    assert len(read_register(bytes_of(book), rules).drafts) == 1


@pytest.mark.parametrize("broken", ["#REF!", "#N/A", "#VALUE!", "#DIV/0!"])
@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (0, Reason.RCS_NUMBER_NOT_UNDERSTOOD),
        (1, Reason.NAME_MISSING),
        (2, Reason.SEX_NOT_UNDERSTOOD),
        (3, Reason.BIRTH_DATE_NOT_A_DATE),
        (4, Reason.FACILITY_UNKNOWN),
        (6, Reason.ORDER_MISSING),
        (8, Reason.SENTENCE_NOT_UNDERSTOOD),
        (9, Reason.SENTENCE_START_NOT_A_DATE),
    ],
)
def test_excel_error_is_not_understood(read: Callable[..., Register], column: int, reason: Reason, broken: str) -> None:
    row = [*ROW]
    row[column] = broken
    assert read(HEADINGS, row).drafts[0].faults == (reason,)


def test_years_counted_from_1904(rules: Rules) -> None:
    book = book_of(HEADINGS, ROW)
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active["D2"] = date(1980, 2, 1)
    assert read_register(bytes_of(book), rules).drafts[0].born_on == date(1980, 2, 1)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (("Total", 420), Ignored.TOTAL),
        ((None, "Igiteranyo", 12), Ignored.TOTAL),
        (("Sous-total", None, 3), Ignored.TOTAL),
        (("TOTAL: 420 persons",), Ignored.TOTAL),
        (("Totaux", 1, 2, 3, 4, 5, 6, 7, 8, 9), Ignored.TOTAL),
        (HEADINGS, Ignored.REPEATED_HEADINGS),
        (("Prepared by:", "HABIMANA Jean"), Ignored.SIGNATURE),
        (("Byakozwe na: HABIMANA",), Ignored.SIGNATURE),
        ((None, None, None, "Fait à Huye, le 01/11/2026"), Ignored.SIGNATURE),
        (("Page 1 of 4",), Ignored.SIGNATURE),
        (("WOMEN'S WING",), Ignored.NOTE),
        ((None,) * 12 + ("beside the columns",), Ignored.NOTE),
    ],
)
def test_line_that_is_no_person_is_left_out_and_told(
    read: Callable[..., Register], line: Sequence[Any], why: Ignored
) -> None:
    register = read(HEADINGS, ROW, line, ("HUY-3", *ROW[1:]))
    assert [draft.row for draft in register.drafts] == [2, 4]
    assert [(ignored.row, ignored.why) for ignored in register.ignored] == [(3, why)]


@pytest.mark.parametrize(
    "line",
    [
        ("HUY-9",),
        (None, "UWASE Agnès"),
        ("HUY-9", "UWASE Agnès"),
        (None, "UWASE Agnès", "F", "01/01/1980"),
        ("HUY-9", None, None, None, "Huye"),
        ("HUY-9", "Total", "F", "01/01/1980", "Huye", "3/4/2010", "ORD/1", "TGI", "5 years", "3/4/2010"),
    ],
)
def test_row_that_may_be_a_person_is_never_dropped(read: Callable[..., Register], line: Sequence[Any]) -> None:
    assert [draft.row for draft in read(HEADINGS, ROW, line).drafts] == [2, 3]


def test_names_of_officials_below_the_signatures_are_no_rows(read: Callable[..., Register]) -> None:
    register = read(HEADINGS, ROW, (), ("Prepared by",), (None, "HABIMANA Jean"), (None, "Registrar"))
    assert len(register.drafts) == 1


def test_headings_repeated_in_another_order_count_from_there(read: Callable[..., Register]) -> None:
    turned = [*HEADINGS[:1], HEADINGS[2], HEADINGS[1], *HEADINGS[3:]]
    other = ["HUY-3", ROW[2], ROW[1], *ROW[3:]]
    assert [draft.faults for draft in read(HEADINGS, ROW, turned, other).drafts] == [(), ()]


def test_twenty_thousand_rows_are_enough(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 20)
    with pytest.raises(workbook.WorkbookTooLargeError):
        read_register(bytes_of(book_of(HEADINGS, *[ROW] * 25)), rules)


def test_two_columns_for_the_name(read: Callable[..., Register]) -> None:
    register = read((HEADINGS[0], "Surname", "Given names", *HEADINGS[2:]), ("HUY-1", "UWASE", "agnès", *ROW[2:]))
    assert register.drafts[0].name == "Uwase Agnès"
