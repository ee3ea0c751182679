"""The connection to each service: one client session, one circuit breaker and one bulkhead per service."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from inzira_platform.errors import DomainError, Kind
from yarl import URL

from inzira_gateway.clients.breaker import Breaker, Bulkhead, BulkheadFullError

CONNECT_SECONDS = 0.5


class ServiceUnavailableError(DomainError):
    kind = Kind.UNAVAILABLE
    code = "service-unavailable"
    message = "The service behind this address does not answer now. Nothing was lost; try again in a moment."


class ServiceTimeoutError(Exception):
    """The service took the request and did not answer in time: what it did with it is not known."""


@dataclass
class Upstream:
    """One service as the gateway reaches it."""

    name: str
    base: str
    connections: int
    breaker: Breaker = field(default_factory=Breaker)
    _session: aiohttp.ClientSession | None = None

    def __post_init__(self) -> None:
        self.bulkhead = Bulkhead(self.connections, self.connections * 2)

    @property
    def session(self) -> aiohttp.ClientSession:
        """Made at first use, inside the running loop."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                connector=aiohttp.TCPConnector(limit=self.connections, keepalive_timeout=30, force_close=False),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
            # By itself the library sends a PUT again when a kept connection breaks. Ours carry If-Match: the second
            # would be told 412 of the first one's own change. What may be sent again is decided below.
            self._session._retry_connection = False
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def call(
        self,
        method: str,
        target: URL | str,
        *,
        seconds: float | None,
        idle_seconds: float,
        **options: Any,  # noqa: ANN401 - passed on to the client library
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One call; `seconds` bounds it whole, None only its silences, to `idle_seconds` (a stream).

        Raises ServiceUnavailableError at once while the breaker is open or the queue full, and when no connection
        is to be had; ServiceTimeoutError when the answer is late. A connection refused is tried once more where
        the body allows it (bytes or none).
        """
        loop = asyncio.get_running_loop()
        if not self.breaker.admits(loop.time()):
            raise ServiceUnavailableError(retry_after=5)
        # a connection is free for whoever holds a place: only making one takes time, and only a stream may fall silent
        silence = idle_seconds if seconds is None else None
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS, sock_read=silence)
        ok = False
        try:
            async with self.bulkhead:
                response = await self._ask(method, target, timeout, options)
                ok = response.status < 500
                try:
                    yield response
                finally:
                    response.release()
        except BulkheadFullError as error:
            ok = True
            raise ServiceUnavailableError(retry_after=1) from error
        except (aiohttp.ServerTimeoutError, TimeoutError) as error:
            ok = False
            if isinstance(error, aiohttp.ConnectionTimeoutError):
                raise ServiceUnavailableError(retry_after=2) from error
            raise ServiceTimeoutError from error
        except aiohttp.ClientError as error:
            ok = False
            raise ServiceUnavailableError(retry_after=2) from error
        except (asyncio.CancelledError, GeneratorExit):
            ok = True  # the client went away: that says nothing about the service
            raise
        finally:
            self.breaker.record(ok=ok, now=loop.time())

    async def _ask(
        self, method: str, target: URL | str, limits: aiohttp.ClientTimeout, options: Mapping[str, Any]
    ) -> aiohttp.ClientResponse:
        body = options.get("data")
        once_more = body is None or isinstance(body, bytes)
        arguments: dict[str, Any] = {**options, "timeout": limits, "allow_redirects": False}
        url = target if isinstance(target, URL) else URL(self.base + target)
        try:
            return await self.session.request(method, url, **arguments)
        except (aiohttp.ClientConnectorError, aiohttp.ServerDisconnectedError) as error:
            safe = isinstance(error, aiohttp.ClientConnectorError) or method in ("GET", "HEAD")
            if not (once_more and safe):
                raise
            return await self.session.request(method, url, **arguments)


class Upstreams:
    """All services by name."""

    def __init__(self, bases: Mapping[str, str], connections: int) -> None:
        self._by_name = {name: Upstream(name, base, connections) for name, base in bases.items()}

    def __getitem__(self, name: str) -> Upstream:
        return self._by_name[name]

    def names(self) -> list[str]:
        return list(self._by_name)

    async def close(self) -> None:
        for upstream in self._by_name.values():
            await upstream.close()
