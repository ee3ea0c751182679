"""Whoever asks on although they were told to wait is answered late: a flood is as slow as its refusals.

A refusal takes little, and a client that repeats it at once makes thousands of them in a second, before which everybody
else waits. One that heeds Retry-After, whole seconds, loses nothing by half of one.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

HELD_SECONDS = 0.5
HELD_AT_MOST = 100
"""Of one caller; more than the edge lets in from one address. What is more is answered at once, to hold no memory."""


@dataclass(slots=True)
class Patience:
    """Refusals that are held back, by who asked."""

    seconds: float = HELD_SECONDS
    at_most: int = HELD_AT_MOST
    _held: Counter[str] = field(default_factory=Counter)

    async def hold(self, who: str) -> None:
        """Wait before `who` is refused, unless that many of theirs wait already."""
        if self._held[who] >= self.at_most:
            return
        self._held[who] += 1
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self._held[who] -= 1
            if not self._held[who]:
                del self._held[who]
