"""The campaign's side of the proxy: which links there are, and orders to them."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROXY = Path(__file__).with_name("proxy.py")


@dataclass(frozen=True)
class Wire:
    """A link's ports on the loopback."""

    listen: int
    target: int


class Links:
    """The running proxy; `order` is safe to call from several tasks."""

    def __init__(self, wires: Mapping[str, Wire]) -> None:
        self.wires = dict(wires)
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Listen on every link. Raises RuntimeError when a port is taken."""
        ports = {name: [wire.listen, wire.target] for name, wire in self.wires.items()}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(PROXY),
            json.dumps(ports),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        if await self._answer() != b"ready":
            raise RuntimeError("the proxy did not start")

    async def order(self, link: str, mode: str, **more: float) -> int:
        """One order; how many connections it touched."""
        assert self._process is not None and self._process.stdin is not None
        async with self._lock:
            self._process.stdin.write(json.dumps({"link": link, "mode": mode, **more}).encode() + b"\n")
            await self._process.stdin.drain()
            touched = await self._answer()
        if not touched:
            raise RuntimeError("the proxy is gone")
        return int(touched)

    async def open_all(self) -> None:
        """Everything passes."""
        for name in self.wires:
            await self.order(name, "open")

    async def stop(self) -> None:
        """End the proxy and with it every connection."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _answer(self) -> bytes:
        assert self._process is not None and self._process.stdout is not None
        return (await self._process.stdout.readline()).strip()
