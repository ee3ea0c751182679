"""Starts one process of a deployable for a campaign: with a clock that can be put wrong, mutated if that is asked for.

`python launch.py inzira_intake api` is `python -m inzira_intake api` for the process itself.
"""

import importlib
import os
import runpy
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent


def put_clock(file: Path) -> None:
    """The machine's clock, moved by as many seconds as the file says now."""
    from inzira_platform.clock import SystemClock

    def now(_self: SystemClock) -> datetime:
        try:
            return datetime.now(UTC) + timedelta(seconds=float(file.read_text() or 0))
        except FileNotFoundError:
            return datetime.now(UTC)

    SystemClock.now = now


def main() -> None:
    """Patch what is to be patched, then run the module as if it had been started itself."""
    module, *arguments = sys.argv[1:]
    sys.path[:] = [place for place in sys.path if Path(place).resolve() != HERE.resolve()]
    if mutant := os.environ.get("CAMPAIGN_MUTANT"):
        sys.path.insert(0, str(HERE / "mutants"))
        change: Callable[[list[str]], None] = importlib.import_module(mutant).change
        change([module, *arguments])
    if clock := os.environ.get("CAMPAIGN_CLOCK"):
        put_clock(Path(clock))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
