"""What is asked of the database for the same session by many at once."""

import asyncio
from types import SimpleNamespace

import pytest
from inzira_gateway.edge.standing import Kept


class Asked:
    """Answers when it is let; counts how often it was asked."""

    def __init__(self) -> None:
        self.count = 0
        self.let = asyncio.Event()
        self.fails = False

    async def find(self, key: str) -> str:
        self.count += 1
        await self.let.wait()
        if self.fails:
            raise ConnectionError
        return key.upper()


async def test_many_at_once_ask_once() -> None:
    asked = Asked()
    kept = Kept(asked.find)
    waiting = [asyncio.create_task(kept.get("a")) for _ in range(5)]
    await asyncio.sleep(0)
    asked.let.set()
    assert await asyncio.gather(*waiting) == ["A"] * 5
    assert await kept.get("a") == "A"
    assert asked.count == 1


async def test_who_leaves_does_not_take_the_answer_from_the_others() -> None:
    asked = Asked()
    kept = Kept(asked.find)
    leaving, staying = asyncio.create_task(kept.get("a")), asyncio.create_task(kept.get("a"))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    asked.let.set()
    assert await staying == "A"
    assert leaving.cancelled()


async def test_a_failure_is_told_and_not_kept() -> None:
    asked = Asked()
    asked.fails = True
    asked.let.set()
    kept = Kept(asked.find)
    with pytest.raises(ConnectionError):
        await kept.get("a")
    asked.fails = False
    assert await kept.get("a") == "A"


async def test_an_answer_is_kept_for_two_seconds_from_when_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, now = Asked(), 100.0
    asked.let.set()
    kept = Kept(asked.find)
    monkeypatch.setattr("inzira_gateway.edge.standing.time", SimpleNamespace(monotonic=lambda: now))
    await kept.get("a")
    now = 101.9
    await kept.get("a")
    assert asked.count == 1
    now = 102.1
    await kept.get("a")
    assert asked.count == 2


async def test_no_more_are_kept_than_there_is_room_for() -> None:
    asked = Asked()
    asked.let.set()
    kept = Kept(asked.find, capacity=2)
    for key in ("a", "b", "c", "a"):
        await kept.get(key)
    assert asked.count == 4
