"""How a campaign is doing, said every minute and kept in `progress.json`, so that a broken run leaves its figures."""

import asyncio
import json
import resource
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from history import History
from nemesis import Nemesis

SAID_EVERY = 60.0


class Progress:
    """Counts what was done since the beginning and since the last word."""

    def __init__(self, folder: Path, history: History, nemesis: Nemesis, failed: Counter[str]) -> None:
        self._file = folder / "progress.json"
        self._history, self._nemesis, self._failed = history, nemesis, failed
        self._began = time.monotonic()
        self._last = (self._began, history.operations)

    async def say_until(self, is_over: Callable[[], bool]) -> None:
        """Say it every minute, and once more at the end."""
        while not is_over():
            if time.monotonic() - self._last[0] >= SAID_EVERY:
                self.say()
            await asyncio.sleep(0.5)
        self.say()

    def say(self) -> None:
        """One line for people, and the same as JSON in the place of the last one."""
        now, done = time.monotonic(), self._history.operations
        since, before = self._last
        rate = (done - before) / max(now - since, 0.001)
        self._last = (now, done)
        told = {
            "seconds": round(now - self._began), "operations": done, "by_outcome": dict(self._history.by_outcome),
            "operations_per_second": round(rate, 1), "faults": dict(sorted(self._nemesis.counts.items())),
            "faults_total": self._nemesis.total, "missed": dict(self._nemesis.missed),
            "given_up": dict(self._nemesis.scene.given_up), "failed": dict(self._failed),
            "driver_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }  # fmt: skip
        beside = self._file.with_suffix(".new")
        beside.write_text(json.dumps(told, indent=1), encoding="utf-8")
        beside.replace(self._file)
        kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(self._nemesis.counts.items()))
        print(
            f"  {told['seconds']:5d} s  {done} operations ({rate:.0f}/s lately), {self._nemesis.total} faults: {kinds}",
            flush=True,
        )
