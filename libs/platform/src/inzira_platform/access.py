"""The door of every service, as plain ASGI: trace ids, size and media-type limits, token, declared permission.

It matches the request against the app's own OpenAPI document, so what is enforced is what is documented, and it
does so before the framework reads the body: without a token nobody learns even that a body was malformed.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from inzira_contracts.policy import policy
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inzira_platform.auth import ANONYMOUS, Principal, TokenVerifier, bearer
from inzira_platform.context import CURRENT, Trace, valid_traceparent
from inzira_platform.errors import DomainError, ForbiddenError, Kind
from inzira_platform.ids import new_id
from inzira_platform.logging import log
from inzira_platform.problems import from_domain_error, method_not_allowed, tell_refused, unexpected
from inzira_platform.query import QueryRule, query_rule

METHODS = ("get", "post", "put", "patch", "delete")
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/metrics", "/openapi.json"})


class TooLargeError(DomainError):
    kind = Kind.TOO_LARGE
    code = "too-large"
    message = "The body is larger than this address takes."


class UnsupportedMediaError(DomainError):
    kind = Kind.UNSUPPORTED_MEDIA
    code = "unsupported-media-type"
    message = "This address does not take a body of that media type; see its documentation."


class MethodNotAllowedError(Exception):
    """The path exists, this method does not."""

    def __init__(self, allowed: list[str]) -> None:
        """`allowed` are the methods the path takes."""
        self.allowed = allowed
        super().__init__("method not allowed")


class UndeclaredRouteError(Exception):
    """A route without a declared permission: the app must not start with it."""


@dataclass(frozen=True)
class Operation:
    """One documented operation and what it demands."""

    template: str
    permission: str
    media_types: frozenset[str]
    max_body: int
    query: QueryRule


@dataclass
class OperationTable:
    """Finds the operation of a method and path; literal segments win over parameters."""

    rows: list[tuple[re.Pattern[str], dict[str, Operation]]] = field(default_factory=list)

    def find(self, method: str, path: str) -> Operation | None:
        """The operation, or None where the app itself will answer 404.

        Raises MethodNotAllowedError when the path takes other methods only.
        """
        for pattern, operations in self.rows:
            if pattern.fullmatch(path):
                if method.lower() not in operations:
                    raise MethodNotAllowedError(sorted(name.upper() for name in operations))
                return operations[method.lower()]
        return None


def operation_table(document: dict[str, Any], default_max_body: int = 1_000_000) -> OperationTable:
    """Build the table from an OpenAPI document.

    Raises UndeclaredRouteError for an operation without `x-permission`, or with one the policy does not know.
    """
    table = OperationTable()
    paths = {p: item for p, item in document["paths"].items() if p not in OPEN_PATHS}
    for template in sorted(paths, key=lambda path: (path.count("{"), path)):
        pattern = re.compile(re.sub(r"\\\{[^/]+\\\}", "[^/]+", re.escape(template)))
        operations = {
            m: _operation(template, m, paths[template][m], default_max_body) for m in METHODS if m in paths[template]
        }
        table.rows.append((pattern, operations))
    return table


def _operation(template: str, method: str, item: dict[str, Any], default_max_body: int) -> Operation:
    permission = str(item.get("x-permission"))
    if permission not in policy().permissions:
        raise UndeclaredRouteError(f"{method.upper()} {template}: {permission}")
    media = frozenset(item.get("requestBody", {}).get("content", {}))
    return Operation(template, permission, media, int(item.get("x-max-body", default_max_body)), query_rule(item))


class AccessMiddleware:
    """Outermost layer of a service's app."""

    def __init__(self, app: ASGIApp, *, api: FastAPI, verifier: Callable[[], TokenVerifier], service: str) -> None:
        """`verifier` is asked late, so that the app can be built before its keys exist."""
        self._app = app
        self._api = api
        self._verifier = verifier
        self._service = service
        self._table: OperationTable | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        trace = Trace(_request_id(headers), valid_traceparent(headers.get("traceparent", "")))
        CURRENT.set(trace)
        answer = _Answer(send, trace, self._service)
        started = time.perf_counter()
        try:
            limited = await self._admitted(scope, headers, receive)
            await self._app(scope, limited, answer)
        except MethodNotAllowedError as error:
            await method_not_allowed(error.allowed)(scope, receive, answer)
        except DomainError as error:
            await from_domain_error(scope.get("template", "/"), error)(scope, receive, answer)
        except Exception as error:
            # Answered here and not by the server around us, whose traceback would show the values in hand.
            refusal = unexpected(scope.get("template", "/"), error)
            if answer.status:
                raise ConnectionError("the answer broke off half way") from None
            await refusal(scope, receive, answer)
        finally:
            if scope["path"] not in OPEN_PATHS:
                log().info(
                    "request.answered",
                    method=scope["method"],
                    route=scope.get("template", "-"),
                    status=answer.status,
                    duration_ms=round((time.perf_counter() - started) * 1000, 1),
                    request_id=str(trace.request_id),
                )

    async def _admitted(self, scope: Scope, headers: Headers, receive: Receive) -> Receive:
        try:
            return self._admit(scope, headers, receive)
        except DomainError as error:
            await tell_refused(scope, error.code)
            raise

    def _admit(self, scope: Scope, headers: Headers, receive: Receive) -> Receive:
        if self._table is None:
            self._table = operation_table(self._api.openapi())
        operation = self._table.find(scope["method"], scope["path"])
        if operation is None:
            return receive
        scope["template"] = operation.template
        scope["principal"] = self._principal(operation, headers)
        operation.query.check(scope["query_string"])
        _check_media(operation, headers)
        return _limited(receive, operation.max_body, headers)

    def _principal(self, operation: Operation, headers: Headers) -> Principal:
        if policy().is_public(operation.permission):
            return ANONYMOUS
        principal = self._verifier().verify(bearer(headers.get("authorization"))).principal
        if not principal.can(operation.permission):
            raise ForbiddenError
        return principal


class _Answer:
    """Wraps `send`: adds the headers every answer carries."""

    def __init__(self, send: Send, trace: Trace, service: str) -> None:
        self._send = send
        self._trace = trace
        self._service = service
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = str(self._trace.request_id)
            headers.setdefault("Cache-Control", "no-store")
            headers.setdefault("X-Content-Type-Options", "nosniff")
            token = self._trace.token(self._service)
            if token and self.status < 400:
                headers.setdefault("Consistency-Token", token)
        await self._send(message)


def _request_id(headers: Headers) -> UUID:
    value = headers.get("x-request-id", "")
    try:
        return UUID(value) if len(value) == 36 else new_id()
    except ValueError:
        return new_id()


def _check_media(operation: Operation, headers: Headers) -> None:
    if not operation.media_types or headers.get("content-length") == "0":
        return
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not given and "content-length" not in headers and "transfer-encoding" not in headers:
        return
    if given not in operation.media_types:
        raise UnsupportedMediaError


def _limited(receive: Receive, limit: int, headers: Headers) -> Receive:
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLargeError
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            # The framework turns other errors of a body being read into a 400.
            raise HTTPException(413)
        return message

    return counted
