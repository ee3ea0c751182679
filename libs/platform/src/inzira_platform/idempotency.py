"""Idempotency-Key: the answer of a write is kept in the transaction of the write, and given again."""

import hashlib
import json
import re
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_platform.auth import Principal
from inzira_platform.context import current_trace
from inzira_platform.errors import DomainError, Kind
from inzira_platform.http import Schema

KEY = re.compile(r"^[A-Za-z0-9_.:-]{8,128}$")
LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 7))")
KNOWN = text(
    "SELECT fingerprint, status, answer, token FROM idempotency_key "
    "WHERE actor = :actor AND route = :route AND key = :key"
)
KEEP = text(
    "INSERT INTO idempotency_key(actor, route, key, fingerprint, status, answer, token) "
    "VALUES (:actor, :route, :key, :fingerprint, :status, CAST(:answer AS jsonb), :token)"
)


class IdempotencyKeyMissingError(DomainError):
    kind = Kind.PRECONDITION_MISSING
    code = "idempotency-key-missing"
    message = "Send an Idempotency-Key header (8 to 128 letters, digits or _.:-), the same one when you retry."


class IdempotencyKeyReusedError(DomainError):
    kind = Kind.INVALID
    code = "idempotency-key-reused"
    message = "This Idempotency-Key was used for another request. Use a new key for a new request."


class RequestInProgressError(DomainError):
    kind = Kind.CONFLICT
    code = "request-in-progress"
    message = "The same request is being handled now. Try again in a moment with the same key."


class Replayed(Exception):
    """Not an error: the request was handled before, here is its answer."""

    def __init__(self, status: int, answer: Any, token: str) -> None:  # noqa: ANN401 - any JSON
        """`answer` is the JSON that was sent the first time."""
        self.status = status
        self.answer = answer
        self.token = token
        super().__init__("replayed")


class Once:
    """Hands a write's answer out, having kept it with the write."""

    def __init__(self, session: AsyncSession, principal: Principal, route: str, key: str, fingerprint: bytes) -> None:
        """Made by `OnceDep`; use `remember` at the end of a route."""
        self._session = session
        self._where = {"actor": principal.sub, "route": route, "key": key}
        self._fingerprint = fingerprint

    async def begin(self) -> None:
        """Take the key for this transaction.

        Raises Replayed when the answer is known, IdempotencyKeyReusedError for another body, and
        RequestInProgressError while the first request still runs.
        """
        if not (await self._session.execute(LOCK, {"key": "|".join(self._where.values())})).scalar_one():
            raise RequestInProgressError
        # a statement of its own: what it sees must have been committed before the lock was free
        row = (await self._session.execute(KNOWN, self._where)).one_or_none()
        if row is None:
            return
        if bytes(row.fingerprint) != self._fingerprint:
            raise IdempotencyKeyReusedError(field="Idempotency-Key")
        raise Replayed(row.status, row.answer, row.token)

    async def remember(self, status: int, answer: Schema) -> JSONResponse:
        """Keep `answer` under the key and return it as the response."""
        body = answer.model_dump(mode="json")
        token = current_trace().token(self._session.info["service"])
        await self._session.flush()
        kept = {"fingerprint": self._fingerprint, "status": status, "answer": json.dumps(body), "token": token}
        await self._session.execute(KEEP, {**self._where, **kept})
        return JSONResponse(body, status)


async def fingerprint_of(request: Request) -> bytes:
    """What makes two requests the same: path, query and body."""
    digest = hashlib.sha256(request.url.query.encode())
    digest.update(request.scope["path"].encode())
    digest.update(await request.body())
    return digest.digest()


async def on_replayed(_request: Request, error: Exception) -> JSONResponse:
    """Exception handler: the first answer again, marked."""
    assert isinstance(error, Replayed)  # noqa: S101 - registered for this class
    headers = {"Idempotency-Replayed": "true"}
    if error.token:
        headers["Consistency-Token"] = error.token
    return JSONResponse(error.answer, error.status, headers)
