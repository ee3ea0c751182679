"""Events committed at a rate, one transaction each, by the statement that intake uses."""

import asyncio
import re
import time
from collections.abc import Callable, Coroutine
from typing import Any

from corpus import Told
from inzira_platform.outbox import EMIT

SECONDS = 12
WARM_UP_SECONDS = 3
RATES = (50, 200, 500)
NAMES = ("stream", "event_id", "pkey", "topic", "type", "headers", "payload")
EMITTED = re.sub(r"(?<!:):(\w+)", lambda found: f"${NAMES.index(found[1]) + 1}", str(EMIT.text))


def values(one: Told) -> tuple[object, ...]:
    """What EMITTED takes."""
    stream = one.event.stream
    headers = f'{{"source": "/services/intake", "subject": "{stream}", "correlationid": "{one.event_id}"}}'
    return stream, one.event_id, stream, "inzira.intake", one.event.type, headers, one.event.to_bytes()


async def at_rate(rate: int, seconds: int, commit: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Begin `rate` commits a second whether or not the earlier ones are done; return when all are."""
    began = time.perf_counter()
    commits = []
    for place in range(rate * seconds):
        await asyncio.sleep(max(0.0, began + place / rate - time.perf_counter()))
        commits.append(asyncio.create_task(commit()))
    await asyncio.gather(*commits)
