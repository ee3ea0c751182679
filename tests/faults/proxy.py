"""A small TCP proxy, one process for all links, that can cut, hold, slow and break what passes.

Run as `python proxy.py '{"pg:intake": [listen, target], …}'` on the loopback. Commands come as JSON lines on stdin,
`{"link": …, "mode": "open|cut|stall|delay|oneway", "seconds": …}` or `{"link": …, "mode": "reset", "share": 0.5}`; each
is answered by a line with the number of connections it touched.
"""

import asyncio
import json
import random
import socket
import struct
import sys
from collections import deque
from typing import Any, cast

import uvloop

HOST = "127.0.0.1"
FOREVER = float("inf")


class Side(asyncio.Protocol):
    """One end of a connection; what it receives is owed to the other end, in order."""

    def __init__(self, link: "Link", *, is_client: bool) -> None:
        self.link = link
        self.is_client = is_client
        self.transport: asyncio.Transport | None = None
        self.other: Side | None = None
        self.owed: deque[tuple[float, bytes | None]] = deque()
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # the loop's own class, which is no subclass of it
        self.transport.set_write_buffer_limits(high=1_000_000)
        if self.is_client:
            self.link.accept(self)

    def data_received(self, data: bytes) -> None:
        self._pass_on(data)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, _exc: Exception | None) -> None:
        self._pass_on(None)
        self._forget_when_done()

    def pause_writing(self) -> None:
        if self.other and self.other.transport and not self.other.transport.is_closing():
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other and self.other.transport and not self.other.transport.is_closing():
            self.other.transport.resume_reading()

    def _pass_on(self, data: bytes | None) -> None:
        """`data` to the other end, now or when the link lets it; None closes it after all that came before."""
        due = self.link.due(self)
        if due == 0 and not self.owed and self._ready():
            self._give(data)
            return
        self.owed.append((due, data))
        self.settle()

    def _ready(self) -> bool:
        return self.other is not None and self.other.transport is not None

    def settle(self) -> None:
        """Give what is due by now and come back for the rest."""
        loop = asyncio.get_running_loop()
        if self.timer:
            self.timer.cancel()
            self.timer = None
        while self.owed and self._ready() and self.owed[0][0] <= loop.time():
            self._give(self.owed.popleft()[1])
        if self.owed and self._ready() and self.owed[0][0] != FOREVER:
            self.timer = loop.call_at(self.owed[0][0], self.settle)
        self._forget_when_done()

    def _forget_when_done(self) -> None:
        if not self.owed and self.transport and self.transport.is_closing():
            self.link.sides.discard(self)

    def release(self) -> None:
        """Nothing holds what was held any more."""
        self.owed = deque((0, data) for _, data in self.owed)
        self.settle()

    def _give(self, data: bytes | None) -> None:
        assert self.other is not None and self.other.transport is not None
        if self.other.transport.is_closing():
            return
        if data is None:
            self.other.transport.close()
        else:
            self.other.transport.write(data)

    def reset(self) -> None:
        """End it with a RST, as a machine does that went away."""
        if self.transport and not self.transport.is_closing():
            sock = self.transport.get_extra_info("socket")
            if sock is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()


class Link:
    """One port that stands for another one."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.mode, self.seconds = "open", 0.0
        self.sides: set[Side] = set()
        self.opening: set[asyncio.Task[None]] = set()

    def due(self, side: Side) -> float:
        """When what `side` received may go on: 0 at once."""
        if self.mode == "stall" or (self.mode == "oneway" and not side.is_client):
            return FOREVER
        if self.mode == "delay":
            return asyncio.get_running_loop().time() + self.seconds
        return 0

    def accept(self, client: Side) -> None:
        if self.mode == "cut":
            client.reset()
            return
        self.sides.add(client)
        task = asyncio.ensure_future(self._open(client))
        self.opening.add(task)
        task.add_done_callback(self.opening.discard)

    async def _open(self, client: Side) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, server = await loop.create_connection(lambda: Side(self, is_client=False), HOST, self.target)
        except OSError:
            client.reset()
            return
        self.sides.add(server)
        client.other, server.other = server, client
        client.settle()

    def set(self, mode: str, seconds: float) -> int:
        self.mode, self.seconds = mode, seconds
        touched = len(self.sides) // 2
        for side in list(self.sides):
            if mode == "cut":
                side.reset()
            elif mode == "open":
                side.release()
        return touched

    def break_some(self, share: float) -> int:
        """Reset a share of the connections, half way through whatever they were saying."""
        chosen = [side for side in self.sides if side.is_client and random.random() < share]  # noqa: S311 - not a secret
        for side in chosen:
            side.reset()
            if side.other:
                side.other.reset()
        return len(chosen)


async def serve(wanted: dict[str, list[int]]) -> None:
    """Listen on every link and obey until stdin ends."""
    loop = asyncio.get_running_loop()
    links = {name: Link(target) for name, (_, target) in wanted.items()}
    for name, (listen, _) in wanted.items():
        link = links[name]
        await loop.create_server(lambda link=link: Side(link, is_client=True), HOST, listen, backlog=512)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print("ready", flush=True)
    while line := await reader.readline():
        print(obey(links, json.loads(line)), flush=True)


def obey(links: dict[str, Link], order: dict[str, Any]) -> int:
    """Carry out one order; how many connections it touched."""
    link = links[order["link"]]
    if order["mode"] == "reset":
        return link.break_some(float(order.get("share", 1)))
    return link.set(order["mode"], float(order.get("seconds", 0)))


if __name__ == "__main__":
    uvloop.run(serve(json.loads(sys.argv[1])))
