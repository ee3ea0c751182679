"""One partner's requests wait behind each other, and before nobody else's."""

import asyncio

import pytest
from inzira_gateway.edge.turns import AT_ONCE, TooManyAtOnceError, Turns


async def hold(
    turns: Turns, who: str, until: asyncio.Event, inside: list[str], permission: str = "partner:read"
) -> None:
    async with turns.turn(who, permission):
        inside.append(who)
        await until.wait()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_so_many_at_once_and_the_others_of_the_same_wait() -> None:
    turns, end, inside = Turns(), asyncio.Event(), list[str]()
    loud = [asyncio.create_task(hold(turns, "loud", end, inside)) for _ in range(20)]
    await settle()
    assert inside == ["loud"] * AT_ONCE
    async with asyncio.timeout(1), turns.turn("calm", "partner:read"):
        assert len(inside) == AT_ONCE, "somebody else does not wait behind them"
    end.set()
    await asyncio.gather(*loud)
    assert len(inside) == 20
    assert turns._places == {}, "whoever asks nothing is forgotten"


async def test_whoever_waited_too_long_is_told_when_to_come_back() -> None:
    turns, end, inside = Turns(at_once={"partner:read": 1}, patience=0.02), asyncio.Event(), list[str]()
    first = asyncio.create_task(hold(turns, "loud", end, inside))
    await settle()
    with pytest.raises(TooManyAtOnceError) as refused:
        async with turns.turn("loud", "partner:read"):
            raise AssertionError("nobody is let in")
    assert refused.value.facts == {"retry_after": 1}
    end.set()
    await first
    async with turns.turn("loud", "partner:read"):
        pass
    assert turns._places == {}


async def test_a_request_that_ends_badly_gives_its_place_back() -> None:
    turns = Turns(at_once={"partner:read": 1})
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            async with turns.turn("loud", "partner:read"):
                raise ZeroDivisionError
    polls, end, inside = [], asyncio.Event(), list[str]()
    polls = [asyncio.create_task(hold(Turns(), "one", end, inside, "partner:feed")) for _ in range(2)]
    await settle()
    for poll in polls:
        poll.cancel()
    await asyncio.gather(*polls, return_exceptions=True)
    async with asyncio.timeout(1), turns.turn("loud", "partner:read"):
        pass
