"""The places of one worker for attempts under way: who does not answer holds none of those that others need.

An attempt has a place as long as its receiver may still be one that answers. After a moment it lingers, and its place
is free again: it costs a socket and a task, and no database connection. An endpoint whose last attempt lingered goes
by the slow lane, whose few places are its own: however many partners have receivers that hang, and however often
they are tried again, one that answers waits a moment at most.
"""

import time
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

AT_ONCE = 16
"""Attempts under way whose receivers may still answer at once."""
LINGERS_AFTER = 2.0
"""Seconds after which an attempt holds no place any more, and for which its endpoint goes by the slow lane."""
SLOW_AT_ONCE = 4
IN_ALL = 48
"""Attempts under way beside the slow lane, those that linger too."""


@dataclass(frozen=True, slots=True)
class Free:
    """How many attempts may be begun: at once, and of those in the slow lane; and what each partner has under way."""

    at_once: int
    slow: int
    busy: Counter[str]


@dataclass(frozen=True, slots=True)
class _Held:
    client_id: str
    since: float
    is_slow: bool


@dataclass(slots=True)
class Places:
    """Who holds which; `monotonic` tells seconds."""

    monotonic: Callable[[], float] = time.monotonic
    _held: dict[Hashable, _Held] = field(default_factory=dict)

    def take(self, attempt: Hashable, client_id: str, *, is_slow: bool) -> None:
        self._held[attempt] = _Held(client_id, self.monotonic(), is_slow)

    def give_back(self, attempt: Hashable) -> None:
        """Raises KeyError for an attempt that holds no place."""
        del self._held[attempt]

    def free(self) -> Free:
        """What may be begun now."""
        now = self.monotonic()
        beside = [one for one in self._held.values() if not one.is_slow]
        prompt = sum(now - one.since < LINGERS_AFTER for one in beside)
        slow = len(self._held) - len(beside)
        at_once = min(AT_ONCE - prompt, IN_ALL - len(beside))
        return Free(at_once, SLOW_AT_ONCE - slow, Counter(one.client_id for one in self._held.values()))
