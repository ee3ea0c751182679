"""HTTP by hand over a socket: requests no client library would send."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from starlette.types import Message, Receive, Scope, Send


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 where the connection was closed without a word."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Line:
    """One connection, opened again whenever the server closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.hang_up()

    async def hang_up(self) -> None:
        """Close; the next request opens anew."""
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
        self._reader = self._writer = None

    async def ask(self, raw: bytes, seconds: float = 3) -> Answer:
        """Send bytes as they are and read one answer."""
        if self._writer is None or self._reader is None or self._reader.at_eof():
            await self.hang_up()
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            self._writer.write(raw)
            await self._writer.drain()
            async with asyncio.timeout(seconds):
                answer = await _read(self._reader, bodiless=raw.startswith(b"HEAD "))
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            await self.hang_up()
            return Answer(0)
        if answer.headers.get("connection") == "close" or answer.status in (0, 400):
            await self.hang_up()
        return answer

    async def get(self, target: str | bytes, *headers: str, method: str = "GET", host: str = "test") -> Answer:
        """A request without a body."""
        path = target if isinstance(target, bytes) else target.encode("latin-1")
        lines = "".join(f"{line}\r\n" for line in (f"Host: {host}", *headers))
        return await self.ask(method.encode() + b" " + path + b" HTTP/1.1\r\n" + lines.encode("latin-1") + b"\r\n")


async def _read(reader: asyncio.StreamReader, *, bodiless: bool) -> Answer:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs: Sequence[tuple[str, str, str]] = [line.partition(":") for line in lines if line]
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    if bodiless:
        return Answer(int(first.split()[1]), headers)
    if headers.get("transfer-encoding") == "chunked":
        return Answer(int(first.split()[1]), headers, await _chunks(reader))
    return Answer(int(first.split()[1]), headers, await reader.readexactly(int(headers.get("content-length", "0"))))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readline()
    return body


@dataclass
class Recorder:
    """An upstream that remembers what reached it and answers every request alike."""

    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        self.seen.append((scope["method"], scope["raw_path"].decode("latin-1"), headers, body))
        kind = (b"content-type", b"application/json")
        await send({"type": "http.response.start", "status": 200, "headers": [kind, (b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message: Message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
