"""RFC 9457 problem documents: one mapping from kinds of error to statuses, and no value is ever echoed."""

import re
from collections.abc import Sequence
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.types import Scope

from inzira_platform.context import current_trace
from inzira_platform.errors import DomainError, Kind, NotFoundError
from inzira_platform.logging import log

MEDIA_TYPE = "application/problem+json"
CONNECTION_LOST = "8s2b"
"""SQLAlchemy's code for a transaction whose connection broke."""

STATUS = {
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.RULE_VIOLATION: 409,
    Kind.FORBIDDEN: 403,
    Kind.INVALID: 422,
    Kind.PRECONDITION: 412,
    Kind.PRECONDITION_MISSING: 428,
    Kind.UNAUTHENTICATED: 401,
    Kind.TOO_LARGE: 413,
    Kind.UNSUPPORTED_MEDIA: 415,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}

TITLES = {
    400: "Malformed request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Refused by a rule or by what is already recorded",
    412: "Changed by somebody else",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid",
    428: "A required header is missing",
    429: "Too many requests",
    500: "Failed",
    502: "A service answered badly",
    503: "Not available now",
    504: "A service did not answer in time",
}

STEP = re.compile(r"[a-z][a-z0-9_-]{0,39}|[A-Z]{1,2}[0-9]{1,2}")


class FieldError(BaseModel):
    """One field at fault: where it is, and the rule it breaks; never its value."""

    model_config = ConfigDict(extra="forbid")
    field: str
    rule: str


class Problem(BaseModel):
    """An RFC 9457 problem document with a stable `code`."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    request_id: str
    errors: list[FieldError] | None = None


def problem(
    path: str,
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[FieldError] = (),
    headers: dict[str, str] | None = None,
    **facts: str | int,
) -> JSONResponse:
    """The problem as a response."""
    body = Problem(
        type=f"urn:inzira:problem:{code}",
        title=TITLES.get(status, "Refused"),
        status=status,
        detail=detail,
        code=code,
        instance=path,
        request_id=str(current_trace().request_id),
        errors=list(errors) or None,
        **facts,
    )
    return JSONResponse(
        body.model_dump(exclude_none=True),
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        MEDIA_TYPE,
    )


def from_domain_error(path: str, error: DomainError) -> JSONResponse:
    """The problem a DomainError stands for."""
    status = STATUS[error.kind]
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if status in (429, 503):
        headers["Retry-After"] = str(error.facts.get("retry_after", 1))
    errors = [FieldError(field=error.field, rule=error.detail)] if error.field else []
    return problem(path, status, error.code, error.detail, errors=errors, headers=headers, **error.facts)


def method_not_allowed(allowed: list[str]) -> JSONResponse:
    """The problem for a known path and another method, with every method it takes."""
    detail = "This address does not take that method; the Allow header lists those it takes."
    return problem("/", 405, "method-not-allowed", detail, headers={"Allow": ", ".join(allowed)})


def path_of(scope: Scope) -> str:
    """The route's template where one matched: the path itself may carry an identifier."""
    route = scope.get("route")
    return str(getattr(route, "path", None) or scope.get("template") or "/")


async def tell_refused(scope: Scope, code: str) -> None:
    """Let a service that keeps a record of refusals know of one that no route of it will hear of.

    Such a service puts a coroutine function of scope and code at `app.state.on_refused`.
    """
    told = getattr(getattr(scope.get("app"), "state", None), "on_refused", None)
    if told is not None:
        await told(scope, code)


def install_problem_handlers(app: FastAPI) -> None:
    """Make every failure of `app` a problem document."""
    app.add_exception_handler(DomainError, _domain)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(IntegrityError, _integrity)
    app.add_exception_handler(DBAPIError, _database)
    # the driver's own errors, as they come while a connection is being set up
    app.add_exception_handler(asyncpg.PostgresError, _database)
    app.add_exception_handler(asyncpg.InterfaceError, _unavailable)
    app.add_exception_handler(PoolTimeoutError, _unavailable)
    app.add_exception_handler(PendingRollbackError, _broken_transaction)
    app.add_exception_handler(OSError, _unavailable)
    app.add_exception_handler(ResponseValidationError, _unexpected)


async def _domain(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)  # noqa: S101 - narrows for the type checker; registered for this class
    return from_domain_error(path_of(request.scope), error)


async def _validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    broken = next((item["loc"][-1] for item in error.errors() if item["type"] == "json_invalid"), None)
    if broken is not None:
        await tell_refused(request.scope, "malformed-body")
        detail = f"The body is not valid JSON from character {broken} on. Correct it and send again."
        return problem(path_of(request.scope), 422, "malformed-body", detail)
    errors = [FieldError(field=_field(item), rule=_rule(item)) for item in error.errors()[:50]]
    named = ", ".join(dict.fromkeys(item.field for item in errors))
    await tell_refused(request.scope, "invalid-fields")
    detail = f"Correct these fields and send again: {named}."
    return problem(path_of(request.scope), 422, "invalid-fields", detail, errors=errors)


def _field(item: dict[str, Any]) -> str:
    """Where the fault is. What a client made up as a name is left out unless it looks like a field's or a code's."""
    steps = item["loc"]
    shown = [str(step) for step in steps if isinstance(step, int) or STEP.fullmatch(step)]
    if item["type"] == "extra_forbidden" and str(steps[-1]) != shown[-1]:
        shown.append("(unknown)")
    return ".".join(shown)[:200]


def _rule(item: dict[str, Any]) -> str:
    """The broken rule in words, without the value (pydantic's `input` and `ctx.error` may hold it)."""
    context = item.get("ctx") or {}
    limits = {key: value for key, value in context.items() if key not in {"error", "input", "reason", "discriminator"}}
    words = ", ".join(f"{key}={value}" for key, value in limits.items() if isinstance(value, int | float | str))
    return f"{item['type']}{f' ({words})' if words else ''}"[:300]


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    if error.status_code == 400:
        # The framework's word for a body it cannot read (not UTF-8, for instance).
        return problem(path_of(request.scope), 422, "malformed-body", "The body is not valid JSON in UTF-8.")
    codes = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "unsupported-media-type"}
    details = {
        404: "There is nothing at this address.",
        405: "This address does not take that method; the Allow header lists those it takes.",
    }
    detail = details.get(error.status_code, TITLES.get(error.status_code, "Refused"))
    code = codes.get(error.status_code, "refused")
    return problem(path_of(request.scope), error.status_code, code, detail, headers=dict(error.headers or {}))


async def _integrity(request: Request, error: Exception) -> JSONResponse:
    constraint = getattr(getattr(getattr(error, "orig", None), "__cause__", None), "constraint_name", None)
    log().warning("database.constraint", cause=str(constraint))
    detail = "This contradicts what is already recorded. Read it again and correct the request."
    return problem(path_of(request.scope), 409, "contradicts-record", detail)


async def _database(request: Request, error: Exception) -> JSONResponse:
    cause = getattr(error, "orig", error)
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None) or ""
    if state == "42501":
        # The net caught what a repository's predicate let through: it looks like not there.
        log().error("database.out_of_reach")
        return problem(path_of(request.scope), 404, "not-found", NotFoundError.message)
    if state.startswith("22"):
        # A value PostgreSQL cannot hold (a NUL in a text, a number out of range) that slipped past the schema.
        return problem(path_of(request.scope), 422, "invalid-value", "A value in the request cannot be stored.")
    if isinstance(error, OperationalError) or state[:2] in {"08", "53", "57", "55", "40"} or not state:
        return await _unavailable(request, error)
    return await _unexpected(request, error)


async def _broken_transaction(request: Request, error: Exception) -> JSONResponse:
    """The connection broke and something was still asked of it; the same class also tells of a failed flush."""
    lost = getattr(error, "code", None) == CONNECTION_LOST
    return await (_unavailable if lost else _unexpected)(request, error)


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    log().error("request.unavailable", error_class=type(error).__name__)
    # said of a commit too whose answer was lost: only the same key can tell what became of it
    detail = "The database is not answering. Try again with the same Idempotency-Key: nothing is recorded twice."
    return problem(path_of(request.scope), 503, "unavailable", detail, headers={"Retry-After": "2"})


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    return unexpected(path_of(request.scope), error)


def unexpected(path: str, error: Exception) -> JSONResponse:
    """The problem for what nobody foresaw; the log tells its class and where it arose, never its message."""
    log().error("request.failed", error_class=type(error).__name__, exc_info=_without_values(error))
    detail = "Something failed on our side. Nothing was recorded; give the request_id to the operator."
    return problem(path, 500, "internal", detail)


def _without_values(error: Exception) -> Exception | bool:
    """The traceback, unless its message may carry row values (database errors do)."""
    return False if isinstance(error, DBAPIError | ResponseValidationError | asyncpg.PostgresError) else error
