"""Requests to a running stack, 16 clients in a closed loop, beside the barest FastAPI and asyncpg that do the same.

Product and floor take turns, so that both see the same machine; the figure is the median of the rounds.
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from book import Book
from conftest import ROUNDS
from inzira_platform.embedded import free_port
from load import Answered, Target, at_once
from people import admitting_many
from stack import BenchStack

CLIENTS = 16
WARM_UP = 100
TABLES = {
    "intake": "CREATE TABLE floor_person (person_id uuid PRIMARY KEY, full_name text NOT NULL, sex text NOT NULL, "
    "born_on date, rcs_number text UNIQUE, facility text NOT NULL, admitted_at timestamptz NOT NULL, "
    "body bytea NOT NULL)",
    "gateway": "CREATE TABLE floor_access (id uuid PRIMARY KEY, person_ids uuid[] NOT NULL, at timestamptz NOT NULL)",
}
Batch = Callable[[int], list[Target]]


@pytest.fixture(scope="module")
def floor(stack: BenchStack) -> Iterator[str]:
    """Address of the bare app."""
    asyncio.run(_make_tables(stack))
    port = free_port()
    command = [sys.executable, str(Path(__file__).with_name("floor_app.py")), "--port", str(port)]
    command += ["--intake", stack.admin_dsn("intake"), "--gateway", stack.admin_dsn("gateway")]
    process = subprocess.Popen(command)  # noqa: S603 - built here
    time.sleep(3)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
def people(stack: BenchStack, session: dict[str, str]) -> list[str]:
    """Ids of persons whose journeys stand in the read model."""
    at_once(admitting_many(f"{stack.gateway}/v1/admissions", session, WARM_UP), 4)
    return asyncio.run(_known(stack))


@pytest.mark.usefixtures("people")
def test_admission(stack: BenchStack, floor: str, book: Book) -> None:
    """Validated, authorised, written, outboxed and kept under its retry key; asked of the service itself."""
    book.row(
        "admission",
        "Admission: validated, authorised, audited, outboxed",
        "answers/s",
        goal="at least 0.5 of the floor",
    )
    service = f"{stack.service('intake')}/v1/admissions"
    ours = lambda count: admitting_many(service, stack.internal("intake"), count)  # noqa: E731 - two of a kind
    bare = lambda count: admitting_many(f"{floor}/admissions", {}, count)  # noqa: E731 - two of a kind
    _compare(book, "admission", ours, 600, bare, 6000, "bare FastAPI and asyncpg insert")


def test_journey(stack: BenchStack, floor: str, people: list[str], session: dict[str, str], book: Book) -> None:
    """Through the gateway: session, standing, reach, names from intake, the ledger, labels."""
    book.row("journey", "One person's journey, with its access record", "answers/s", goal="at least 0.6 of the floor")
    ours = lambda count: _gets([f"{stack.gateway}/v1/persons/{one}/journey" for one in people], session, count)  # noqa: E731 - two of a kind
    bare = lambda count: _gets([f"{floor}/journey/{one}" for one in people], {}, count)  # noqa: E731 - two of a kind
    _compare(book, "journey", ours, 800, bare, 8000, "bare FastAPI, one query and one insert")


@pytest.mark.usefixtures("people")
def test_list(stack: BenchStack, floor: str, session: dict[str, str], book: Book) -> None:
    """Fifty persons of a facility, the way an officer's first page asks."""
    book.row("list", "List of 50 by facility, with its access record", "answers/s", goal="at least 0.6 of the floor")
    ours = lambda count: _gets([f"{stack.gateway}/v1/persons?facility=HUY&limit=50"], session, count)  # noqa: E731 - two of a kind
    bare = lambda count: _gets([f"{floor}/persons?facility=HUY"], {}, count)  # noqa: E731 - two of a kind
    _compare(book, "list", ours, 400, bare, 4000, "bare FastAPI, one query and one insert")


def _compare(book: Book, row: str, ours: Batch, count: int, bare: Batch, bare_count: int, floor: str) -> None:
    at_once(ours(count // 6), CLIENTS)
    at_once(bare(bare_count // 6), CLIENTS)
    found: list[tuple[Answered, Answered]] = [
        (at_once(ours(count), CLIENTS), at_once(bare(bare_count), CLIENTS)) for _ in range(ROUNDS)
    ]
    assert not any(answered.failed for pair in found for answered in pair), found
    for place, name in enumerate(("inzira", floor)):
        book.note(row, name, statistics.median(pair[place].throughput for pair in found))
        book.note(row, f"{name}, p99 ms", statistics.median(pair[place].p99 for pair in found))


def _gets(urls: list[str], headers: dict[str, str], count: int) -> list[Target]:
    return [Target("GET", urls[number % len(urls)], headers) for number in range(count)]


async def _make_tables(stack: BenchStack) -> None:
    for database, statement in TABLES.items():
        connection = await asyncpg.connect(stack.admin_dsn(database))
        await connection.execute(statement)
        await connection.close()


async def _known(stack: BenchStack) -> list[str]:
    connection = await asyncpg.connect(stack.admin_dsn("gateway"))
    async with asyncio.timeout(60):
        while True:
            rows = await connection.fetch("SELECT person_id FROM person_head WHERE stage = 'ADMITTED'")
            if len(rows) >= WARM_UP:
                break
            await asyncio.sleep(0.2)
    await connection.close()
    return [str(row["person_id"]) for row in rows]
