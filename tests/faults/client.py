"""A user at the gateway who does not give up: the same key again until the answer is known or patience ends."""

import asyncio
import random
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
from history import Attempt, History, Operation
from multidict import CIMultiDict

UNKNOWN = frozenset({0, 500, 502, 503, 504})
"""After these nobody knows whether it was done."""
AGAIN = frozenset({401, 429})
"""Refused at the door: not done, and worth another try."""
AGAIN_CODES = frozenset({"request-in-progress", "projection-behind"})
PATIENCE = 20.0
TIMEOUTS = (2.5, 6.0, 15.0)


@dataclass
class Door:
    """What all users share: the connection, the history, the dice."""

    session: aiohttp.ClientSession
    history: History
    dice: random.Random
    unsettled: list[tuple["User", Operation]] = field(default_factory=list)


class User:
    """One account; may be used by many tasks at once."""

    def __init__(self, door: Door, username: str, password: str) -> None:
        self.door = door
        self.username = username
        self.account_id = ""
        self._password = password
        self._access, self._until = "", 0.0
        self._signing = asyncio.Lock()

    async def sign_in(self, patience: float = 120.0) -> bool:
        """Whether the account was let in within `patience` seconds."""
        end = time.monotonic() + patience
        async with self._signing:
            while time.monotonic() >= self._until:
                if time.monotonic() > end:
                    return False
                await self._ask_in()
        return True

    def sign_out(self) -> None:
        """Forget the session: the next request begins with a new one."""
        self._until = 0.0

    async def _ask_in(self) -> None:
        body = {"username": self.username, "password": self._password}
        status, answer, _ = await self._send("POST", "/v1/sessions", {"X-Request-Id": _new()}, body, 15.0)
        if status == 201:
            self._access = answer["access_token"]
            self._until = time.monotonic() + answer["expires_in"] - 90
        else:
            await asyncio.sleep(0.5)

    async def read(self, kind: str, path: str, person: str = "", tokens: list[str] | None = None) -> Operation:
        """A read; tried until there is an answer or patience ends."""
        operation = Operation(kind, self.username, self.account_id, "GET", path, person=person, tokens=tokens or [])
        return await self.carry_out(operation)

    async def write(
        self, kind: str, method: str, path: str, body: object = None, *, person: str = "", version: int | None = None
    ) -> Operation:
        """A write under a key of its own (POST) or with If-Match (PUT, PATCH)."""
        key = f"campaign-{uuid.uuid4().hex}" if method == "POST" else ""
        operation = Operation(kind, self.username, self.account_id, method, path, key, person, body)
        operation.etag = f'"{version}"' if version is not None else ""
        return await self.carry_out(operation)

    async def carry_out(self, operation: Operation, patience: float = PATIENCE) -> Operation:
        """Send until the outcome is known; what stays unknown is kept for the end of the campaign."""
        await self.attempt_until_known(operation, patience)
        if not operation.attempts:  # nobody let the user in: nothing was asked
            return operation
        if operation.outcome == "unknown" and operation.method != "GET":
            self.door.unsettled.append((self, operation))
        else:
            self.door.history.add(operation)
        return operation

    async def attempt_until_known(self, operation: Operation, patience: float) -> None:
        """Attempts under one key, a little further apart each time."""
        end = time.monotonic() + patience
        pause = 0.1
        while True:
            if await self.sign_in(max(1.0, end - time.monotonic())):
                attempt = await self._attempt(operation)
                if attempt.status not in UNKNOWN | AGAIN and attempt.code not in AGAIN_CODES:
                    operation.outcome = "acked" if attempt.status < 400 else "refused"
                    return
            if time.monotonic() > end:
                sent = [one for one in operation.attempts if one.status in UNKNOWN or one.code in AGAIN_CODES]
                operation.outcome = "unknown" if sent else "refused"
                return
            await asyncio.sleep(pause * self.door.dice.uniform(0.5, 1.5))
            pause = min(pause * 1.7, 2.0)

    async def _attempt(self, operation: Operation) -> Attempt:
        attempt = Attempt(_new(), time.time())
        operation.attempts.append(attempt)
        limit = self.door.dice.choice(TIMEOUTS)
        headers = self._headers(operation, attempt)
        status, answer, told = await self._send(operation.method, operation.path, headers, operation.body, limit)
        attempt.ended, attempt.status = time.time(), status
        if isinstance(answer, dict) and status >= 400:
            attempt.code = str(answer.get("code", ""))
        attempt.replayed = told.get("Idempotency-Replayed") == "true"
        if 0 < status < 400:
            operation.answer, operation.token = answer, told.get("Consistency-Token", "")
            operation.is_stale = told.get("Projection-Stale") == "true"
            operation.etag = told.get("ETag", operation.etag)
        if status == 401:
            self.sign_out()
        return attempt

    def _headers(self, operation: Operation, attempt: Attempt) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._access}", "X-Request-Id": attempt.request_id}
        if operation.key:
            headers["Idempotency-Key"] = operation.key
        if operation.method in ("PUT", "PATCH"):
            headers["If-Match"] = operation.etag
        if operation.tokens:
            headers["Consistency-Token"] = ",".join(operation.tokens[-10:])
        return headers

    async def _send(
        self, method: str, path: str, headers: dict[str, str], body: object, limit: float
    ) -> tuple[int, Any, Mapping[str, str]]:
        timeout = aiohttp.ClientTimeout(total=limit)
        options: dict[str, Any] = {"headers": headers, "timeout": timeout}
        if body is not None:
            options["json"] = body
        try:
            async with self.door.session.request(method, path, **options) as response:
                content = await response.read()
                return response.status, _parsed(content), response.headers
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0, None, CIMultiDict()


def _parsed(content: bytes) -> Any:  # noqa: ANN401 - any JSON
    try:
        return orjson.loads(content) if content else None
    except ValueError:
        return None


def _new() -> str:
    return str(uuid.uuid4())
