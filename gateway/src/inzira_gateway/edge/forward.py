"""Passing a request on to a service and its answer back, without looking inside either."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from inzira_platform.access import TooLargeError
from starlette.types import Receive, Scope, Send
from yarl import URL

from inzira_gateway.clients.upstream import Upstream
from inzira_gateway.edge.bodies import Body, ClientGoneError
from inzira_gateway.edge.headers import Header, answered, forwarded
from inzira_gateway.edge.routing import Routed

IDLE_SECONDS = 60.0
RECHECK_SECONDS = 30.0
Stands = Callable[[], Awaitable[bool]]


async def forward(
    upstream: Upstream,
    routed: Routed,
    own_headers: list[Header],
    scope: Scope,
    receive: Receive,
    send: Send,
    stands: Stands,
) -> None:
    """Ask the service and stream its answer.

    Raises ServiceUnavailableError, ServiceTimeoutError or TooLargeError as long as nothing was answered.
    """
    headers: list[Header] = list(scope["headers"])
    body = Body(routed.route, headers, receive)
    options = await body.options()
    passed = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in [*forwarded(headers), *own_headers]]
    passed += options.pop("length", {}).items()
    stream = routed.route.stream
    call = upstream.call(
        routed.route.method,
        _target(upstream, routed, scope),
        seconds=None if stream else routed.route.timeout,
        idle_seconds=IDLE_SECONDS if stream else routed.route.timeout,
        headers=passed,
        **options,
    )
    try:
        async with call as response:
            await _start(response, send)
            if stream:
                await _pump_while_standing(response, receive, send, stands)
            else:
                await _pump(response, send)
    except Exception:
        if body.exceeded:
            raise TooLargeError from None
        if body.is_gone:
            raise ClientGoneError from None
        raise


def _target(upstream: Upstream, routed: Routed, scope: Scope) -> URL:
    query = scope["query_string"].decode("latin-1")
    return URL(f"{upstream.base}{routed.target}{'?' if query else ''}{query}", encoded=True)


async def _start(response: aiohttp.ClientResponse, send: Send) -> None:
    headers = answered(response.raw_headers)
    await send({"type": "http.response.start", "status": response.status, "headers": headers})


async def _pump(response: aiohttp.ClientResponse, send: Send) -> None:
    """Piece by piece; a small answer, which is there at once, is one piece."""
    more = True
    while more:
        chunk = await response.content.readany()
        more = not response.content.at_eof()
        await send({"type": "http.response.body", "body": chunk, "more_body": more})


async def _pump_while_standing(response: aiohttp.ClientResponse, receive: Receive, send: Send, stands: Stands) -> None:
    """A stream ends with its source, when the client leaves, or when the account no longer stands."""
    pump = asyncio.create_task(_pump(response, send))
    others: list[asyncio.Task[Any]] = [
        asyncio.create_task(_until_gone(receive)), asyncio.create_task(_until_fallen(stands))
    ]  # fmt: skip
    try:
        await asyncio.wait([pump, *others], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (pump, *others):
            if not task.done():
                task.cancel()
        await asyncio.gather(pump, *others, return_exceptions=True)
    if not pump.cancelled():
        pump.result()
    else:
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _until_fallen(stands: Stands) -> None:
    while await stands():  # noqa: ASYNC110 - nobody tells this process that an account fell: it asks
        await asyncio.sleep(RECHECK_SECONDS)
