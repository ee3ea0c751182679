"""Asking the checker, which is a process of its own and shares no code with what it judges."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

CHECKER = Path(__file__).with_name("checker")


async def judged(folder: Path, dsn: str, logs: Path) -> dict[str, Any]:
    """Its verdict on the history in `folder` and the databases at `dsn`. Raises RuntimeError when it fails itself."""
    words = [sys.executable, str(CHECKER), str(folder), dsn, str(logs)]
    done = await asyncio.to_thread(subprocess.run, words, capture_output=True, text=True, check=False)
    if not done.stdout:
        raise RuntimeError(f"the checker failed:\n{done.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
