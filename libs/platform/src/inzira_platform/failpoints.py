"""Named points where a fault campaign widens a crash window; without the environment variable they do nothing.

`INZIRA_FAILPOINTS="ack_delete=0.25,effects_commit=0.1@0.05"` sleeps that many seconds at those points, with `@` in that
share of the passages only (events.md 7). A production environment refuses to start with it (`refuse_in_production`).
"""

import asyncio
import os
import random
from functools import cache

POINTS = frozenset(
    {
        "emit_commit",  # F2: rows and events are written, the request's transaction is not committed
        "commit_response",  # F3: committed, the client does not know it yet
        "read_send",  # F4: the relay holds what it is about to publish
        "ack_delete",  # F5: published, still pending
        "getmany_tx",  # F6: the consumer holds records, no transaction is open
        "effects_commit",  # F7: effects are written, not committed
        "commit_offset",  # F8: committed, the broker does not know it yet
        "rebalance",  # F9: between giving partitions up and taking them
        "register_chunk",  # a part of an import is done
        "webhook_sent",  # a receiver has a webhook, the log does not know it yet
    }
)
"""F1, between a stream's lock and its journal row, lies inside one statement: a campaign widens it by a trigger."""


@cache
def _points() -> dict[str, tuple[float, float]]:
    given = os.environ.get("INZIRA_FAILPOINTS", "")
    return dict(_point(item) for item in given.split(",") if item)


def _point(item: str) -> tuple[str, tuple[float, float]]:
    name, _, when = item.partition("=")
    seconds, _, share = when.partition("@")
    if name not in POINTS:
        raise ValueError(f"there is no failpoint {name}")
    return name, (float(seconds), float(share or 1))


async def failpoint(name: str) -> None:
    """Sleep here when the campaign asks for it."""
    found = _points().get(name)
    if found and random.random() < found[1]:  # noqa: S311 - which passages are slow is no secret
        await asyncio.sleep(found[0])


def refuse_in_production(environment: str) -> None:
    """Raise ValueError when failpoints are set in production, or when there is no such point."""
    if _points() and environment == "production":
        raise ValueError("failpoints are refused in production")
