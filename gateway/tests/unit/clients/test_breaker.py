import asyncio

import pytest
from inzira_gateway.clients.breaker import Breaker, Bulkhead, BulkheadFullError, State


def failing(count: int, breaker: Breaker, now: float = 0.0) -> None:
    for _ in range(count):
        breaker.record(ok=False, now=now)


def test_breaker_opens_only_after_enough_calls() -> None:
    breaker = Breaker()
    failing(19, breaker)
    assert breaker.admits(0.1)
    failing(1, breaker)
    assert not breaker.admits(0.1)


def test_breaker_lets_three_probes_through_and_closes() -> None:
    breaker = Breaker()
    failing(20, breaker)
    assert [breaker.admits(5.1) for _ in range(4)] == [True, True, True, False]
    for _ in range(3):
        breaker.record(ok=True, now=5.2)
    assert breaker.state is State.CLOSED


def test_breaker_opens_again_when_a_probe_fails() -> None:
    breaker = Breaker()
    failing(20, breaker)
    assert breaker.admits(5.1)
    breaker.record(ok=False, now=5.2)
    assert not breaker.admits(6.0)


def test_breaker_forgets_failures_older_than_the_window() -> None:
    breaker = Breaker()
    failing(15, breaker, now=0.0)
    failing(15, breaker, now=11.0)
    assert breaker.state is State.CLOSED


async def test_bulkhead_refuses_when_the_queue_is_full() -> None:
    bulkhead, inside, leave = Bulkhead(1, 1), asyncio.Event(), asyncio.Event()

    async def stay() -> None:
        async with bulkhead:
            inside.set()
            await leave.wait()

    first = asyncio.create_task(stay())
    await inside.wait()
    second = asyncio.create_task(stay())
    await asyncio.sleep(0)
    with pytest.raises(BulkheadFullError):
        async with bulkhead:
            pass
    leave.set()
    await asyncio.gather(first, second)
