"""What the gateway sends again when a kept connection breaks, and what it never does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from inzira_gateway.clients.upstream import ServiceUnavailableError, Upstream

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@asynccontextmanager
async def breaking_service(seen: list[str]) -> AsyncIterator[str]:
    """Answers GETs and keeps the connection; takes the first request of any kind to `/break` and hangs up on it."""
    broken = False

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal broken
        while head := await _head(reader):
            method, path = head.split(" ")[:2]
            seen.append(method)
            if path == "/break" and not broken:
                broken = True
                break
            writer.write(ANSWER)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def _head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return ""


async def asked(upstream: Upstream, method: str, path: str) -> int:
    async with upstream.call(method, path, seconds=5, idle_seconds=5) as response:
        return response.status


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
async def test_a_write_is_never_sent_twice_by_itself(method: str) -> None:
    seen: list[str] = []
    async with breaking_service(seen) as base:
        upstream = Upstream("intake", base, 4)
        assert await asked(upstream, "GET", "/") == 200
        with pytest.raises(ServiceUnavailableError):
            await asked(upstream, method, "/break")
        await upstream.close()
    assert seen == ["GET", method]


async def test_a_read_is_sent_once_more() -> None:
    seen: list[str] = []
    async with breaking_service(seen) as base:
        upstream = Upstream("intake", base, 4)
        assert await asked(upstream, "GET", "/") == 200
        assert await asked(upstream, "GET", "/break") == 200
        await upstream.close()
    assert seen == ["GET", "GET", "GET"]
