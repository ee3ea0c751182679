"""What a route asks for: the principal, one transaction, the clock, the idempotency key, If-Match."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_platform.auth import ANONYMOUS, Principal
from inzira_platform.bell import called
from inzira_platform.clock import Clock
from inzira_platform.errors import DomainError, Kind
from inzira_platform.failpoints import failpoint
from inzira_platform.http import strong_version
from inzira_platform.idempotency import KEY, IdempotencyKeyMissingError, Once, fingerprint_of
from inzira_platform.problems import path_of
from inzira_platform.scope import enter_scope

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
ALWAYS = {
    401: "no valid token",
    403: "the role may not do this",
    404: "not there, or not yours",
    409: "refused by a rule or by what is recorded",
    412: "changed by somebody else since it was read",
    413: "the body is too large",
    415: "the body's media type is not taken here",
    422: "a field is invalid; the problem names it and the rule",
    428: "If-Match or Idempotency-Key is missing",
    429: "too many requests",
    503: "the service or its database is not available",
}


def declared(permission: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - passed to FastAPI's decorator
    """Declare a route's permission: `@router.get("/v1/…", **declared("person:read"))`.

    The access middleware enforces what is declared here before the body is read; an app with a route that
    declares nothing does not start.
    """
    responses = {status: {"description": words, "content": PROBLEM} for status, words in ALWAYS.items()}
    responses.update(options.pop("responses", {}))
    extra = {"x-permission": permission, **options.pop("openapi_extra", {})}
    return {"openapi_extra": extra, "responses": responses, **options}


async def _principal(request: Request) -> Principal:
    principal = request.scope.get("principal", ANONYMOUS)
    assert isinstance(principal, Principal)  # noqa: S101 - put there by the access middleware only
    return principal


PrincipalDep = Annotated[Principal, Depends(_principal)]


async def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


ClockDep = Annotated[Clock, Depends(_clock)]


async def open_transaction(request: Request, principal: PrincipalDep) -> AsyncIterator[AsyncSession]:
    """One request, one transaction, committed before the answer (the dependency's scope is `function`)."""
    state = request.app.state
    async with state.sessions() as session:
        session.info["clock"] = state.clock
        async with session.begin():
            await enter_scope(session, state.service, principal)
            yield session
            await failpoint("emit_commit")
        state.waker.wake(called(session))
        await failpoint("commit_response")


SessionDep = Annotated[AsyncSession, Depends(open_transaction, scope="function")]


async def _once(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    idempotency_key: Annotated[
        str | None, Header(description="a key of your own for this request; the same one when you retry")
    ] = None,
) -> Once:
    if idempotency_key is None or not KEY.match(idempotency_key):
        raise IdempotencyKeyMissingError
    once = Once(session, principal, path_of(request.scope), idempotency_key, await fingerprint_of(request))
    await once.begin()
    return once


OnceDep = Annotated[Once, Depends(_once, scope="function")]


class IfMatchMissingError(DomainError):
    kind = Kind.PRECONDITION_MISSING
    code = "if-match-missing"
    message = "Send the ETag you read in an If-Match header, so that nobody's change is overwritten."


class StaleVersionError(DomainError):
    kind = Kind.PRECONDITION
    code = "stale-version"
    message = "Somebody changed this since you read it. Read it again and repeat your change."


async def _if_match(if_match: Annotated[str | None, Header(description="the ETag that was read")] = None) -> int:
    if if_match is None:
        raise IfMatchMissingError
    version = strong_version(if_match)
    if version is None:
        raise StaleVersionError
    return version


IfMatchDep = Annotated[int, Depends(_if_match)]
