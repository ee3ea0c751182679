"""When to stop asking a service that fails: circuit breaker and bulkhead. Pure but for the semaphore."""

import asyncio
from collections import deque
from enum import StrEnum

WINDOW = 10.0
MINIMUM_CALLS = 20
FAILURE_SHARE = 0.5
OPEN_SECONDS = 5.0
PROBES = 3


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    """Opens when half of at least 20 calls in 10 seconds failed; after 5 seconds lets 3 probes through.

    The figures are those of security.md 2. Times are seconds of a monotonic clock given by the caller.
    """

    def __init__(self) -> None:
        self.state = State.CLOSED
        self._calls: deque[tuple[float, bool]] = deque()
        self._failures = 0
        self._opened_at = 0.0
        self._probes = 0
        self._successes = 0

    def admits(self, now: float) -> bool:
        if self.state is State.OPEN and now - self._opened_at >= OPEN_SECONDS:
            self.state, self._probes, self._successes = State.HALF_OPEN, 0, 0
        if self.state is State.HALF_OPEN:
            self._probes += 1
            return self._probes <= PROBES
        return self.state is State.CLOSED

    def record(self, *, ok: bool, now: float) -> None:
        if self.state is State.HALF_OPEN:
            self._record_probe(ok=ok, now=now)
            return
        self._calls.append((now, ok))
        self._failures += not ok
        while self._calls and now - self._calls[0][0] > WINDOW:
            self._failures -= not self._calls.popleft()[1]
        if len(self._calls) >= MINIMUM_CALLS and self._failures >= FAILURE_SHARE * len(self._calls):
            self._open(now)

    def _record_probe(self, *, ok: bool, now: float) -> None:
        if not ok:
            self._open(now)
            return
        self._successes += 1
        if self._successes >= PROBES:
            self.state = State.CLOSED
            self._calls.clear()
            self._failures = 0

    def _open(self, now: float) -> None:
        self.state = State.OPEN
        self._opened_at = now


class BulkheadFullError(Exception):
    """Too many requests wait for one service already."""


class Bulkhead:
    """At most `places` calls at once to one service and `queue` waiting for a place: `async with` holds one.

    Raises BulkheadFullError at once when the queue is full: waiting longer helps nobody.
    """

    def __init__(self, places: int, queue: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._queue = queue
        self._waiting = 0

    async def __aenter__(self) -> None:
        if self._waiting >= self._queue:
            raise BulkheadFullError
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1

    async def __aexit__(self, *_: object) -> None:
        self._places.release()
