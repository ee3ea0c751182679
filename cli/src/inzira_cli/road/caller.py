"""One officer at the gateway: signed in, patient with what passes, and stopped by what nobody expected."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp

from inzira_cli.road.errors import RoadError, unexpected

PASSING = frozenset({429, 502, 503, 504})
"""A service that starts again or a quota that fills up: the same request is sent again, with its own key."""
PATIENCE_SECONDS = 90.0
RENEW_BEFORE_SECONDS = 60.0
T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """A good answer, with what later requests may need of its headers."""

    status: int
    body: Any
    etag: str = ""
    token: str = ""
    """Consistency token: a read that carries it waits until the read model holds this write."""
    is_stale: bool = False
    next_cursor: str = ""
    """Where a feed goes on."""


class Caller:
    """Sends requests of one account; made by `sign_in`."""

    def __init__(self, client: aiohttp.ClientSession, username: str, password: str) -> None:
        self._client = client
        self._password = password
        self._access = self._refresh = ""
        self._renew_at = 0.0
        self._renewing = asyncio.Lock()
        self.username = username
        self.account_id = ""

    async def sign_in(self) -> "Caller":
        """Raises RoadError when the account is not let in."""
        given = {"username": self.username, "password": self._password}
        self._keep(await self._send("POST", "/v1/sessions", json=given))
        self.account_id = str((await self.get("/v1/me")).body["account_id"])
        return self

    async def get(self, path: str, token: str = "", **query: str | int) -> Answer:
        """Read; with a token the read waits for that write, within the gateway's bounds. Raises RoadError."""
        headers = {"Consistency-Token": token} if token else {}
        return await self._ask("GET", path, params=query, headers=headers)

    async def post(self, path: str, body: dict[str, Any] | None = None) -> Answer:
        """Record something. Raises RoadError."""
        return await self._ask("POST", path, json=body, headers=_once())

    async def put(self, path: str, body: dict[str, Any], version: int) -> Answer:
        """Write what was read at `version`. Raises RoadError."""
        return await self._ask("PUT", path, json=body, headers={"If-Match": f'"{version}"'})

    async def patch(self, path: str, body: dict[str, Any], version: int) -> Answer:
        """Change what was read at `version`. Raises RoadError."""
        return await self._ask("PATCH", path, json=body, headers={"If-Match": f'"{version}"'})

    async def send_file(self, path: str, content: bytes, media_type: str) -> Answer:
        """Send a file as it is. Raises RoadError."""
        return await self._ask("POST", path, data=content, headers={**_once(), "Content-Type": media_type})

    async def post_once_known(self, path: str, body: dict[str, Any], not_yet: Collection[str]) -> Answer:
        """Record something that another service must have heard of first: asked again while it has not.

        `not_yet` are the problem codes that say so. Raises RoadError when it has still not after the patience.
        """
        end = time.monotonic() + PATIENCE_SECONDS
        async for _ in _pauses():
            answer = await self._answered("POST", path, json=body, headers=_once())
            if answer.status < 400:
                return answer
            if _code(answer) not in not_yet or time.monotonic() > end:
                raise unexpected(self.username, f"POST {path}", answer.status, answer.body)
        raise AssertionError("the pauses do not end")

    async def look(self, path: str, **query: str | int) -> Answer:
        """Read whatever the answer is, a refusal too."""
        return await self._answered("GET", path, params=query)

    async def events(self, path: str) -> AsyncIterator[dict[str, Any]]:
        """The data of server-sent events until the line ends. Raises aiohttp.ClientError when it breaks."""
        timeout = aiohttp.ClientTimeout(total=None, sock_read=60)
        headers = {**await self.signed(), "Accept": "text/event-stream"}
        async with self._client.get(path, headers=headers, timeout=timeout) as response:
            if response.status >= 400:
                raise unexpected(self.username, f"GET {path}", response.status, await response.text())
            async for line in response.content:
                if line.startswith(b"data: "):
                    yield json.loads(line.removeprefix(b"data: "))

    async def _ask(self, method: str, path: str, **options: Any) -> Answer:  # noqa: ANN401 - passed to aiohttp
        answer = await self._answered(method, path, **options)
        if answer.status >= 400:
            raise unexpected(self.username, f"{method} {path}", answer.status, answer.body)
        return answer

    async def _answered(self, method: str, path: str, **options: Any) -> Answer:  # noqa: ANN401 - passed to aiohttp
        headers = {**await self.signed(), **options.pop("headers", {})}
        return await self._send(method, path, headers=headers, **options)

    async def _send(self, method: str, path: str, **options: Any) -> Answer:  # noqa: ANN401 - passed to aiohttp
        """Send until there is an answer that does not pass by itself; the key makes a repetition harmless."""
        end = time.monotonic() + PATIENCE_SECONDS
        async for pause in _pauses():
            try:
                async with self._client.request(method, path, **options) as response:
                    answer = await _read(response)
                    wait = float(response.headers.get("Retry-After", pause))
            except (aiohttp.ClientConnectionError, TimeoutError) as broken:
                answer, wait = Answer(0, str(broken) or type(broken).__name__), pause
            if answer.status and answer.status not in PASSING:
                return answer
            if time.monotonic() > end:
                raise unexpected(self.username, f"{method} {path}", answer.status, answer.body)
            await asyncio.sleep(max(0.0, min(wait, 30.0) - pause))
        raise AssertionError("the pauses do not end")

    async def signed(self) -> dict[str, str]:
        """The header of a token that still holds. Raises RoadError when none is given any more."""
        async with self._renewing:
            if time.monotonic() > self._renew_at:
                self._keep(await self._send("POST", "/v1/sessions/refresh", json={"refresh_token": self._refresh}))
        return {"Authorization": f"Bearer {self._access}"}

    def _keep(self, answer: Answer) -> None:
        if answer.status >= 400:
            raise unexpected(self.username, "to sign in", answer.status, answer.body)
        self._access, self._refresh = answer.body["access_token"], answer.body["refresh_token"]
        self._renew_at = time.monotonic() + answer.body["expires_in"] - RENEW_BEFORE_SECONDS


async def eventually(look: Callable[[], Awaitable[T | None]], what: str) -> T:
    """What `look` finds, asked for again until it finds something. Raises RoadError naming `what` when it does not."""
    end = time.monotonic() + PATIENCE_SECONDS
    async for _ in _pauses():
        found = await look()
        if found is not None:
            return found
        if time.monotonic() > end:
            raise RoadError(f"Waited {PATIENCE_SECONDS:.0f} s in vain for this: {what}.")
    raise AssertionError("the pauses do not end")


async def _pauses() -> AsyncIterator[float]:
    """Let the body run, then wait a little longer each time: 0.05 s, 0.1 s … 1 s."""
    pause = 0.05
    while True:
        yield pause
        await asyncio.sleep(pause)
        pause = min(pause * 1.6, 1.0)


async def _read(response: aiohttp.ClientResponse) -> Answer:
    content = await response.read()
    try:
        body = json.loads(content) if content else None
    except ValueError:
        body = content
    headers = response.headers
    token, etag = headers.get("Consistency-Token", ""), headers.get("ETag", "")
    is_stale = headers.get("Projection-Stale") == "true"
    return Answer(response.status, body, etag, token, is_stale, headers.get("Next-Cursor", ""))


def _code(answer: Answer) -> str:
    return str(answer.body.get("code", "")) if isinstance(answer.body, dict) else ""


def _once() -> dict[str, str]:
    return {"Idempotency-Key": f"road-{secrets.token_hex(12)}"}
