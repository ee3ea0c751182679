"""The same requests with ever more persons in the databases, against themselves with ten thousand.

Persons are filled in by SQL; SIZE=1000000 goes on to a million. Four clients in a closed loop; the figure is the median
answer time.
"""

import asyncio
import os
import statistics
from collections.abc import Callable

import asyncpg
import pytest
from book import Book
from conftest import ROUNDS
from fill import fill
from load import Target, at_once
from people import admitting_many
from stack import BenchStack

LARGEST = int(os.environ.get("SIZE", "100000"))
SIZES = [size for size in (10_000, 100_000, 1_000_000) if size <= LARGEST]
CLIENTS = 4
COUNT = 200
WORDS = {10_000: "10 thousand", 100_000: "100 thousand", 1_000_000: "1 million"}


@pytest.mark.parametrize("size", SIZES)
def test_sizes(
    stack: BenchStack, session: dict[str, str], loop: asyncio.AbstractEventLoop, size: int, book: Book
) -> None:
    """Admission, journey and list with this many persons."""
    here = SIZES.index(size)
    first = SIZES[here - 1] + 1 if here else 1
    loop.run_until_complete(fill(stack.admin_dsn("intake"), stack.admin_dsn("gateway"), first, size))
    ids = loop.run_until_complete(_some(stack))
    journeys = [Target("GET", f"{stack.gateway}/v1/persons/{one}/journey", session) for one in ids]
    lists = [Target("GET", f"{stack.gateway}/v1/persons?facility=HUY&limit=50", session)] * COUNT
    service = f"{stack.service('intake')}/v1/admissions"
    _note(book, "size-journey", "Journey, by number of persons", size, lambda: journeys)
    _note(book, "size-list", "List of 50 by facility, by number of persons", size, lambda: lists)
    admissions = lambda: admitting_many(service, stack.internal("intake"), COUNT)  # noqa: E731 - one line
    _note(book, "size-admission", "Admission, by number of persons", size, admissions)


def _note(book: Book, name: str, title: str, size: int, targets: Callable[[], list[Target]]) -> None:
    goal = "at most 1.5 times as long as with 10 thousand"
    book.row(name, title, "ms", better="lower", goal=goal)
    at_once(targets()[: COUNT // 4], CLIENTS)
    found = [at_once(targets(), CLIENTS) for _ in range(ROUNDS)]
    assert not any(answered.failed for answered in found), found
    book.note(name, WORDS[size], statistics.median(answered.p50 for answered in found))


async def _some(stack: BenchStack) -> list[str]:
    connection = await asyncpg.connect(stack.admin_dsn("gateway"))
    rows = await connection.fetch(
        "SELECT person_id FROM person_scope WHERE facility = 'HUY' ORDER BY md5(person_id::text) LIMIT $1", COUNT
    )
    await connection.close()
    return [str(row["person_id"]) for row in rows]
