"""Starts one process of a deployable for a campaign: with a clock that can be put wrong, points at which it can be
held, as the version before this one, or mutated, as is asked for.

`python launch.py inzira_intake api` is `python -m inzira_intake api` for the process itself.
"""

import asyncio
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


def hold_points(folder: Path) -> None:
    """A failpoint waits while `folder` has a file of its name, and says by another that it is there.

    Before any module of the product is imported: they take the function by its name.
    """
    from inzira_platform import failpoints

    passed = failpoints.failpoint

    async def failpoint(name: str) -> None:
        armed = folder / name
        if armed.exists():
            (folder / f"{name}.reached").write_text(str(os.getpid()))
            while armed.exists():  # noqa: ASYNC110 - the file is the signal
                await asyncio.sleep(0.01)
        await passed(name)

    failpoints.failpoint = failpoint


def forget_events(file: Path) -> None:
    """The version before this one: it has no reader yet for the majors named in `file`, if there is one."""
    if not file.exists():
        return
    from inzira_contracts import registry

    unknown, read_event = frozenset(file.read_text().split()), registry.read_event

    def read(type: str, payload: bytes) -> object:
        if type in unknown:
            raise registry.UnknownEventVersion(f"no reader for {type}")
        return read_event(type, payload)

    registry.read_event = read


def main() -> None:
    """Patch what is to be patched, then run the module as if it had been started itself."""
    module, *arguments = sys.argv[1:]
    sys.path[:] = [place for place in sys.path if Path(place).resolve() != HERE.resolve()]
    if held := os.environ.get("CAMPAIGN_HELD"):
        hold_points(Path(held))
    if former := os.environ.get("CAMPAIGN_FORMER"):
        forget_events(Path(former))
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
