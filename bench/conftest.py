"""Fixtures of the benchmarks. Each row of the table is one test, its floor another, in the same process and run."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest
import uvloop
from book import Book
from ground import Ground, prepared
from inzira_platform.garbage import settle
from stack import BenchStack, running_stack

KAFKA = os.environ.get("KAFKA", "apache")
ROUNDS = int(os.environ.get("ROUNDS", "3"))
Work = Callable[[], Awaitable[Any]]


@pytest.fixture(scope="session")
def book() -> Iterator[Book]:
    """Where every figure goes; written when the run ends."""
    kept = Book.started(KAFKA)
    yield kept
    kept.write()


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One loop for all rows, of the kind the workers run on."""
    made = uvloop.new_event_loop()
    asyncio.set_event_loop(made)
    settle()  # as every process of ours once it has started: the peers and floors in this one too
    yield made
    made.close()


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """PostgreSQL and a broker with empty topics, and nothing else running on them."""
    with prepared(KAFKA) as made:
        yield made


@pytest.fixture(scope="session")
def stack() -> Iterator[BenchStack]:
    """Everything running, as `make up` starts it, with one officer."""
    with running_stack(KAFKA) as made:
        yield made


@pytest.fixture(scope="module")
def session(stack: BenchStack, loop: asyncio.AbstractEventLoop) -> dict[str, str]:
    """Headers of the officer, signed in."""

    async def sign_in() -> dict[str, str]:
        async with aiohttp.ClientSession() as client:
            return await stack.sign_in(client)

    return loop.run_until_complete(sign_in())


@pytest.fixture
def timed(benchmark: Any, loop: asyncio.AbstractEventLoop) -> Callable[..., float]:  # noqa: ANN401 - pytest-benchmark is untyped
    """Time a coroutine by pytest-benchmark, `before` it untimed; seconds of the median round."""

    def measure(work: Work, before: Work | None = None) -> float:
        def setup() -> None:
            if before is not None:
                loop.run_until_complete(before())

        benchmark.pedantic(lambda: loop.run_until_complete(work()), setup=setup, rounds=ROUNDS, warmup_rounds=0)
        return float(benchmark.stats.stats.median)

    return measure
