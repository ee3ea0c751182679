"""Invented people no test has seen before, and where traces of them are looked for."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

import openpyxl
from inzira_platform.testing.database import ServiceDatabase
from seeds import admission

NAMES = ("Zubakanari Perpetue", "Vugakanari Hilarion", "Yibukanari Stratonice", "Nyamukanari Evode")
KNOWN_AS = "Sekanari Mutoya"
NATIONAL_IDS = ("9198184412345678", "9198284498765432", "9198384411122233")
PHONES = ("+250700884466", "+250700993355")
TEXTS = ("kanarifamily of three", "kanariinjury on the arm", "kanariproperty one watch")
PAPERS = ("KANARI/ORD/77", "Kanaricourt of Invention")
BORN = "1981-07-19"
NUMBERS = ("KANARI-88001", "KANARI-88002", "KANARI-88003")
WORDS = (
    *NAMES, *(word for name in (*NAMES, KNOWN_AS) for word in name.split()), *NATIONAL_IDS, *PHONES, *NUMBERS,
    *TEXTS, *PAPERS, "Kanarireason",
)  # fmt: skip
"""What only intake may hold; every word of a name counts by itself."""
HEADINGS = (
    "RCS No", "Names", "Sex", "Date of birth", "National ID", "Telefoni", "Facility", "Date of admission",
    "Commitment order", "Authority", "Offence", "Sentence", "Start of sentence", "District of return",
)  # fmt: skip


def somebody(number: int) -> dict[str, Any]:
    """An admission with a canary wherever a text may stand."""
    body = admission(
        number,
        full_name=NAMES[number],
        known_names=[KNOWN_AS],
        national_id=NATIONAL_IDS[number],
        phone=PHONES[0],
        rcs_number=NUMBERS[number],
        born_on=BORN,
    )
    body["order"] = {"number": PAPERS[0], "authority": PAPERS[1]}
    for section, text in zip(("family", "injuries", "property"), TEXTS, strict=True):
        body["sections"][section] = {"answer": "RECORDED", "text": text}
    return body


def register() -> bytes:
    """A workbook of three rows: one good, one of a person already known, one that must be refused."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(HEADINGS))
    sheet.append(_row(NUMBERS[2], NAMES[2], NATIONAL_IDS[2], PHONES[1]))
    sheet.append(_row("KANARI-88009", NAMES[0], NATIONAL_IDS[0], PHONES[0]))
    sheet.append(_row("KANARI-88008", NAMES[3], "Kanarireason", PHONES[0], admitted="Kanarireason"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(number: str, name: str, national_id: str, phone: str, admitted: str = "3/4/2018") -> list[str]:
    return [
        number, name, "F", "19/07/1981", national_id, phone, "Karubanda", admitted, PAPERS[0], PAPERS[1], "Theft",
        "15 years", "3/4/2018", "Gasabo",
    ]  # fmt: skip


def traces(text: str, words: Iterable[str] = WORDS) -> set[str]:
    """Which of the canaries a text holds, in any case, with or without spaces, or as the hexadecimal of its bytes."""
    folded = text.casefold()
    bare = folded.replace(" ", "")
    return {
        word
        for word in words
        if word.casefold() in folded or word.casefold().replace(" ", "") in bare or word.encode().hex() in folded
    }


async def tables_with_traces(database: ServiceDatabase) -> Mapping[str, set[str]]:
    """Table -> canaries found in any of its rows, bytes included."""
    tables = await database.rows(
        "SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
    )
    found = {}
    for table in tables:
        rows = await database.rows(f"SELECT t::text AS row FROM {table['name']} t")  # noqa: S608 - catalogue names
        hit = traces("\n".join(row["row"] for row in rows))
        if hit:
            found[table["name"]] = hit
    return found
