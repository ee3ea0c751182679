"""Named points where a fault campaign widens a crash window; without the environment variable they do nothing.

`INZIRA_FAILPOINTS="ack_delete=0.25,effects_commit=0.1"` sleeps that many seconds at those points (events.md 7).
A production environment refuses to start with it (`refuse_in_production`).
"""

import asyncio
import os
from functools import cache


@cache
def _points() -> dict[str, float]:
    given = os.environ.get("INZIRA_FAILPOINTS", "")
    pairs = (item.partition("=") for item in given.split(",") if item)
    return {name: float(seconds) for name, _, seconds in pairs}


async def failpoint(name: str) -> None:
    """Sleep here when the campaign asks for it."""
    seconds = _points().get(name)
    if seconds:
        await asyncio.sleep(seconds)


def refuse_in_production(environment: str) -> None:
    """Raise ValueError when failpoints are set in production."""
    if environment == "production" and _points():
        raise ValueError("failpoints are refused in production")
