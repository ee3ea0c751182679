"""How long to wait before what failed is begun anew."""

import time
from collections.abc import Callable
from typing import Final

FIRST: Final = 0.2
LONGEST: Final = 5.0
WENT_WELL_SECONDS: Final = 30.0


class Backoff:
    """Seconds to wait, doubled from 0.2 to 5 with each failure, and from the first again after half a minute of work.

    What never ends by itself fails a few times in the life of a process: each of them is the first.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` is steady, in seconds."""
        self._clock = clock
        self._next = FIRST
        self._began = clock()

    def begin(self) -> None:
        """Work begins."""
        self._began = self._clock()

    def seconds(self) -> float:
        """How long to wait after work that has just failed."""
        if self._clock() - self._began >= WENT_WELL_SECONDS:
            self._next = FIRST
        wait, self._next = self._next, min(self._next * 2, LONGEST)
        return wait
