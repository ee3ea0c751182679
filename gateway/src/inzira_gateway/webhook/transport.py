"""One POST to a partner's receiver, made so that it cannot be led anywhere else.

The name is resolved once; every address it gives must be public; the connection goes to one of those very
addresses, with the name in SNI, certificate check and Host. No redirects, no proxies, no cookies (security.md 8).
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from inzira_gateway.webhook.address import (
    AddressNotAllowedError,
    Reach,
    Target,
    UrlNotAllowedError,
    check_addresses,
    parse_target,
)
from inzira_gateway.webhook.domain import Outcome, outcome_of

RESOLVE_SECONDS = 5.0
DRAIN_SECONDS = 1.0
SocketFactory = Callable[[Any], socket.socket]


class Resolver(Protocol):
    """Who turns a name into addresses."""

    async def resolve(self, host: str, port: int) -> list[str]:
        """Every address of a name; empty when it has none."""


class SystemResolver:
    """The machine's own resolver, on threads of its own: names that never answer hold up nothing else."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(32, thread_name_prefix="webhook-names")

    async def resolve(self, host: str, port: int) -> list[str]:
        ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        except OSError:
            return []
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a POST: `status` where there was one."""

    outcome: Outcome
    status: int | None
    took_ms: int


async def resolve_vetted(resolver: Resolver, target: Target, reach: Reach) -> list[str]:
    """The addresses of a target, each of which may be connected to. Raises AddressNotAllowedError, also when late."""
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            addresses = await resolver.resolve(target.host, target.port)
    except TimeoutError as error:
        raise AddressNotAllowedError(field="url") from error
    check_addresses(addresses, reach)
    return addresses


class _Pinned(AbstractResolver):
    """Gives aiohttp the addresses that were vetted, and asks nobody."""

    def __init__(self, addresses: Collection[str]) -> None:
        self._addresses = addresses

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - the library asks for either
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host=address, port=port, proto=socket.IPPROTO_TCP, flags=socket.AI_NUMERICHOST,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
            )
            for address in self._addresses
        ]  # fmt: skip

    async def close(self) -> None:
        """Nothing is held."""


def open_socket(info: Any) -> socket.socket:  # noqa: ANN401 - aiohttp's address tuple
    """A socket for an address as `getaddrinfo` gives it."""
    family, kind, proto, _, _ = info
    return socket.socket(family, kind, proto)


def tls_context(trusted: Path | None) -> ssl.SSLContext:
    """Certificates are checked against the machine's authorities, or against those in a file instead."""
    context = ssl.create_default_context(cafile=str(trusted) if trusted is not None else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Sender:
    """Posts messages; one connection for each, none kept."""

    def __init__(
        self, resolver: Resolver, reach: Reach, tls: ssl.SSLContext, open_socket: SocketFactory = open_socket
    ) -> None:
        self._resolver = resolver
        self._reach = reach
        self._tls = tls
        self._open_socket = open_socket

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, *, seconds: float, answer_bytes: int
    ) -> Answer:
        """Send `body`; at most `seconds` in all, at most `answer_bytes` of the answer are read. Never raises."""
        started = time.monotonic()
        status = None
        try:
            async with asyncio.timeout(seconds):
                target = parse_target(url, self._reach)
                addresses = await resolve_vetted(self._resolver, target, self._reach)
                status = await self._exchange(target, addresses, headers, body, answer_bytes)
            outcome = outcome_of(status)
        except TimeoutError:
            outcome = Outcome.TIMEOUT
        except (UrlNotAllowedError, AddressNotAllowedError):
            outcome = Outcome.ADDRESS
        except (aiohttp.ClientSSLError, ssl.SSLError):
            outcome = Outcome.TLS
        except (aiohttp.ClientError, OSError, ValueError):
            outcome = Outcome.UNREACHABLE
        return Answer(outcome, status, round((time.monotonic() - started) * 1000))

    async def _exchange(
        self, target: Target, addresses: list[str], headers: Mapping[str, str], body: bytes, answer_bytes: int
    ) -> int:
        def guarded(info: Any) -> socket.socket:  # noqa: ANN401 - aiohttp's address tuple
            # the last look before a connection: whatever the client library made of it, nothing else is opened
            if info[4][0] not in addresses:
                raise OSError("not an address that was vetted")
            return self._open_socket(info)

        connector = aiohttp.TCPConnector(
            resolver=_Pinned(addresses), use_dns_cache=False, ssl=self._tls, force_close=True, socket_factory=guarded
        )
        async with (
            aiohttp.ClientSession(
                connector=connector, trust_env=False, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Accept", "Accept-Encoding"), read_bufsize=answer_bytes,
            ) as session,
            session.post(URL(target.url, encoded=True), data=body, headers=headers, allow_redirects=False) as response,
        ):  # fmt: skip
            await _drain(response, answer_bytes)
            return response.status


async def _drain(response: aiohttp.ClientResponse, most: int) -> None:
    """Read a short answer to its end, so that its sender is not cut off; a long or slow one is cut off."""
    with suppress(aiohttp.ClientError, TimeoutError, OSError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while most > 0 and (chunk := await response.content.read(most)):
                most -= len(chunk)
    response.close()
