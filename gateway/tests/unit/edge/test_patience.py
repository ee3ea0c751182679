"""How refusals are held back."""

import asyncio
import time

from inzira_gateway.edge.patience import Patience


async def test_a_refusal_waits_and_nothing_is_kept_of_it() -> None:
    patience = Patience(seconds=0.05)
    began = time.monotonic()
    await asyncio.gather(*[patience.hold("flood") for _ in range(5)])
    assert time.monotonic() - began >= 0.05
    assert not patience._held


async def test_more_than_so_many_are_answered_at_once() -> None:
    patience = Patience(seconds=60, at_most=3)
    waiting = [asyncio.create_task(patience.hold("flood")) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.wait_for(patience.hold("flood"), 1)
    others = asyncio.create_task(patience.hold("another"))
    await asyncio.sleep(0)
    assert not any(task.done() for task in (*waiting, others))
    for task in (*waiting, others):
        task.cancel()
    await asyncio.gather(*waiting, others, return_exceptions=True)
    assert not patience._held
