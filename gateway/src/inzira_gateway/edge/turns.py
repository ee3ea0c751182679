"""How much of one partner is worked on at once: its own requests wait behind each other, not before anybody else's.

A quota counts requests over time; this keeps a burst inside the quota from holding every connection to the database.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from inzira_platform.errors import DomainError, Kind

AT_ONCE = 3
"""Fewer than half of the connections a process holds."""
WAITING_POLLS = 20
"""Long polls of the feed hold no connection while they wait."""
PATIENCE_SECONDS = 10.0


class TooManyAtOnceError(DomainError):
    kind = Kind.TOO_MANY
    code = "too-many-at-once"
    message = "Too many of your requests are being answered at once. Wait for some of them before you ask again."


@dataclass(slots=True)
class _Place:
    semaphore: asyncio.Semaphore
    users: int = 0


@dataclass(slots=True)
class Turns:
    """Places by who asks and under which permission; forgets whoever asks nothing."""

    at_once: Mapping[str, int] = field(default_factory=lambda: {"partner:feed": WAITING_POLLS})
    patience: float = PATIENCE_SECONDS
    _places: dict[tuple[str, str], _Place] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, who: str, permission: str) -> AsyncIterator[None]:
        """Wait for a place and hold it. Raises TooManyAtOnceError when none came free for `patience` seconds."""
        key = (who, permission)
        place = self._places.setdefault(key, _Place(asyncio.Semaphore(self.at_once.get(permission, AT_ONCE))))
        place.users += 1
        try:
            await self._enter(place)
            try:
                yield
            finally:
                place.semaphore.release()
        finally:
            place.users -= 1
            if not place.users:
                self._places.pop(key, None)

    async def _enter(self, place: _Place) -> None:
        try:
            async with asyncio.timeout(self.patience):
                await place.semaphore.acquire()
        except TimeoutError:
            raise TooManyAtOnceError(retry_after=1) from None
