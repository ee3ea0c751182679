"""A register through the gateway, against COPY of the rows it became and against reading the workbook alone."""

import asyncio
import io
import itertools
import time
from collections.abc import Callable
from datetime import date, timedelta

import aiohttp
import asyncpg
import openpyxl
from book import Book
from inzira_platform.ids import new_id
from stack import BenchStack

COUNT = 1_000
HEADINGS = (
    "RCS No", "Names", "Sex", "Date of birth", "National ID", "Phone of next of kin", "Next of kin", "Facility",
    "Date of admission", "Commitment order", "Authority", "Offence", "Sentence", "Start of sentence",
    "District of return",
)  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "ya")
SMALL = ("alembic_version", "idempotency_key", "outbox_pending", "relay_log", "relay_epoch")


def test_import(stack: BenchStack, session: dict[str, str], loop: asyncio.AbstractEventLoop, book: Book) -> None:
    """From sending the file until every row is decided; all are admitted."""
    book.row("import", "Import of a register", "rows/s")
    seconds = loop.run_until_complete(_imported(stack, session, _workbook()))
    book.note("import", "inzira", COUNT / seconds)


def test_copy(stack: BenchStack, timed: Callable[..., float], loop: asyncio.AbstractEventLoop, book: Book) -> None:
    """Every row the import left in intake's database, into tables of the same shape and with the same indexes."""
    rows = loop.run_until_complete(_rows_of(stack))
    seconds = timed(lambda: _copied(stack, rows), lambda: _made(stack, list(rows)))
    book.note("import", "COPY of the same rows", COUNT / seconds)


def test_reading_alone(timed: Callable[..., float], book: Book) -> None:
    """openpyxl, read-only, every cell."""
    content = _workbook()

    async def work() -> None:
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active
        assert sum(1 for _ in sheet.iter_rows(values_only=True)) == COUNT + 1

    book.note("import", "openpyxl reading alone", COUNT / timed(work))


def _workbook() -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADINGS)
    names = itertools.product(SYLLABLES, repeat=5)
    for number in range(COUNT):
        name = "".join(next(itertools.islice(names, 37, None))).capitalize()
        family = "".join(SYLLABLES[(number * step) % 16] for step in (3, 5, 7, 11)).capitalize()
        born, begun = date(1950, 1, 1) + timedelta(days=number * 19), date(2015, 1, 5) + timedelta(days=number % 3000)
        sheet.append([
            f"BIM-{number:05d}", f"{family} {name}", "MF"[number % 2], born.isoformat(), None, None, f"Kin {name}",
            "Huye", begun.isoformat(), f"ORD/{number}", "Huye Intermediate Court", "Theft", "12 years",
            begun.isoformat(), "Huye",
        ])  # fmt: skip
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def _imported(stack: BenchStack, session: dict[str, str], content: bytes) -> float:
    headers = {**session, "Content-Type": XLSX, "Idempotency-Key": f"bench-{new_id()}"}
    async with aiohttp.ClientSession() as client:
        began = time.perf_counter()
        async with client.post(f"{stack.gateway}/v1/imports", data=content, headers=headers) as response:
            found = await response.json()
            assert response.status == 202, found
        address = f"{stack.gateway}/v1/imports/{found['id']}"
        while found["state"] not in ("DONE", "FAILED"):
            await asyncio.sleep(0.1)
            async with client.get(address, headers=session) as response:
                found = await response.json()
        seconds = time.perf_counter() - began
    assert (found["state"], found["admitted"]) == ("DONE", COUNT), found
    return seconds


async def _rows_of(stack: BenchStack) -> dict[str, list[asyncpg.Record]]:
    connection = await asyncpg.connect(stack.admin_dsn("intake"))
    tables = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
        "AND NOT relname LIKE 'bench%' AND NOT relname LIKE 'outbox_%' AND relname <> ALL($1)",
        list(SMALL),
    )
    names = [row["relname"] for row in tables] + ["outbox"]
    found = {name: await connection.fetch(f'SELECT * FROM "{name}"') for name in names}  # noqa: S608 - of the catalogue
    await connection.close()
    return {name: rows for name, rows in found.items() if len(rows) >= COUNT // 2}


async def _made(stack: BenchStack, tables: list[str]) -> None:
    connection = await asyncpg.connect(stack.admin_dsn("intake"))
    for table in tables:
        await connection.execute(f'DROP TABLE IF EXISTS "bench_{table}"')
        await connection.execute(f'CREATE TABLE "bench_{table}" (LIKE "{table}" INCLUDING ALL)')
    await connection.close()


async def _copied(stack: BenchStack, rows: dict[str, list[asyncpg.Record]]) -> None:
    connection = await asyncpg.connect(stack.admin_dsn("intake"))
    async with connection.transaction():
        for table, found in rows.items():
            generated = {"seq"} if table == "outbox" else set()
            columns = [name for name in found[0].keys() if name not in generated]  # noqa: SIM118 - a record, not a dict
            records = [[row[name] for name in columns] for row in found]
            await connection.copy_records_to_table(f"bench_{table}", records=records, columns=columns)
    await connection.close()
