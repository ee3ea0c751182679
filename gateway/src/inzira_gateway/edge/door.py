"""The outermost layer: every request passes here, in the order of security.md 9.

Size, host and path; token; whether the account stands; permission; quota; then the service, or this process itself.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from inzira_contracts.policy import policy
from inzira_platform.clock import Clock
from inzira_platform.context import CURRENT, Trace, valid_traceparent
from inzira_platform.errors import DomainError, ForbiddenError, Kind
from inzira_platform.ids import new_id
from inzira_platform.logging import log
from inzira_platform.problems import from_domain_error, problem, unexpected
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inzira_gateway.clients.upstream import ServiceTimeoutError, Upstreams
from inzira_gateway.edge import headers as rules
from inzira_gateway.edge import metrics
from inzira_gateway.edge.bodies import ClientGoneError, check_body
from inzira_gateway.edge.callers import Callers
from inzira_gateway.edge.forward import forward
from inzira_gateway.edge.headers import Header
from inzira_gateway.edge.limiter import Limiter, Verdict
from inzira_gateway.edge.patience import Patience
from inzira_gateway.edge.routing import MethodNotAllowedError, Routed, Routing
from inzira_gateway.edge.turns import Turns
from inzira_gateway.partner.refusals import Refusals
from inzira_gateway.token.domain import Caller
from inzira_gateway.token.keys import Issuer

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
MAX_QUERY = 12_000
"""Room for 200 ids of persons, the longest list a service takes."""
GATEWAY = "gateway"


class TooManyRequestsError(DomainError):
    kind = Kind.TOO_MANY
    code = "too-many-requests"
    message = "You ask more often than this address allows. Wait as long as Retry-After says."


@dataclass(frozen=True)
class Parts:
    """What the door works with; made when the app starts."""

    routing: Routing
    callers: Callers
    limiter: Limiter
    upstreams: Upstreams
    issuer: Issuer
    clock: Clock
    refusals: Refusals
    turns: Turns
    patience: Patience


class Door:
    """ASGI middleware around the gateway's own app."""

    def __init__(self, inner: ASGIApp, parts: Callable[[], Parts]) -> None:
        """`parts` is asked late: keys and database exist only once the app runs."""
        self._inner = inner
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._inner(scope, receive, send)
            return
        await Passage(self._parts(), self._inner, scope, receive, send).run()


class Passage:
    """One request on its way through."""

    def __init__(self, parts: Parts, inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        headers: list[Header] = list(scope["headers"])
        self._parts = parts
        self._inner = inner
        self._scope = scope
        self._receive = receive
        self._headers = headers
        request_id = rules.request_id(rules.first(headers, b"x-request-id"))
        given = rules.traceparent(rules.first(headers, b"traceparent"))
        self._trace = Trace(UUID(request_id) if request_id else new_id(), valid_traceparent(given or ""))
        self._request_id = str(self._trace.request_id)
        self._answer = Answer(send, self._request_id)
        self._template = "/"
        self._caller: Caller | None = None
        self._upstream = GATEWAY

    async def run(self) -> None:
        CURRENT.set(self._trace)
        started = time.perf_counter()
        try:
            refusal = await self._attempt()
            if refusal is not None:
                await self._refuse(refusal)
        finally:
            self._report(time.perf_counter() - started)

    async def _attempt(self) -> Response | None:
        """Answer the request, or return the problem that stands in the way."""
        try:
            await self._noted()
        except DomainError as error:
            log().info("door.refused", route=self._template, code=error.code, request_id=self._request_id)
            return from_domain_error(self._template, error)
        except MethodNotAllowedError as error:
            detail = "This address does not take that method; the Allow header lists those it takes."
            headers = {"Allow": error.allow}
            return problem(error.template, 405, "method-not-allowed", detail, headers=headers)
        except ServiceTimeoutError:
            detail = "The service did not answer in time. Repeat the request with the same Idempotency-Key."
            return problem(self._template, 504, "service-timeout", detail)
        except ClientGoneError:
            return None
        except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            log().error("door.unavailable", error_class=type(error).__name__)
            detail = "The gateway's database is not answering. Try again in a moment, with the same Idempotency-Key."
            return problem(self._template, 503, "unavailable", detail, headers={"Retry-After": "2"})
        except Exception as error:
            # Answered here and not by the server around us, whose traceback would show the values in hand.
            return unexpected(self._template, error)
        return None

    async def _refuse(self, response: Response) -> None:
        if self._answer.status:
            log().warning("door.broken_off", route=self._template, upstream=self._upstream)
            raise ConnectionError("the answer broke off half way")
        await response(self._scope, self._receive, self._answer)

    async def _noted(self) -> None:
        """Pass, and put on record what a partner is refused at the door."""
        try:
            await self._pass()
        except DomainError as error:
            if self._caller is not None:
                method = self._scope["method"]
                await self._parts.refusals.note(self._caller.principal, method, self._template, error.code)
            raise

    async def _pass(self) -> None:
        scope = self._scope
        oversized = self._oversized()
        if oversized is not None:
            await oversized(scope, self._receive, self._answer)
            return
        raw_path = scope.get("raw_path") or scope["path"].encode("utf-8")
        routed = self._parts.routing.find(scope["method"], raw_path, scope["path"])
        self._template, self._upstream = routed.route.path, routed.route.upstream
        caller = await self._admit(routed)
        check_body(routed.route, self._headers)
        own = self._own_headers(caller)
        if caller is not None and caller.is_partner:
            async with self._parts.turns.turn(caller.principal.sub, routed.route.permission):
                await self._answered(routed, caller, own)
        else:
            await self._answered(routed, caller, own)

    async def _answered(self, routed: Routed, caller: Caller | None, own: list[Header]) -> None:
        if routed.route.upstream == GATEWAY:
            await self._answer_here(caller, own)
        else:
            await self._hand_on(routed, caller, own)

    def _oversized(self) -> Response | None:
        if rules.total_bytes(self._headers) > rules.MAX_HEADER_BYTES:
            return problem("/", 431, "headers-too-large", "The headers of this request are too large.")
        query = self._scope["query_string"]
        if len(query) > MAX_QUERY or not query.isascii():
            return problem("/", 400, "query-not-readable", "The query is too long or not properly encoded.")
        return None

    async def _admit(self, routed: Routed) -> Caller | None:
        """Token, standing, permission, quota: in this order, and before the body is read."""
        route = routed.route
        open_to_all = policy().is_public(route.permission)
        caller = None if open_to_all else await self._parts.callers.identify(self._scope, self._headers)
        self._caller = caller
        who = caller.principal.sub if caller else self._parts.callers.address(self._scope, self._headers)
        quota = caller.quota if caller else None
        verdict = self._parts.limiter.ask(who, route.rate, route.cost, time.monotonic_ns(), quota)
        self._answer.verdict = verdict
        if not verdict.allowed:
            metrics.LIMITED.labels(route.rate).inc()
            await self._parts.patience.hold(who)
            raise TooManyRequestsError(retry_after=verdict.retry_seconds)
        if caller is not None and not caller.principal.can(route.permission):
            raise ForbiddenError
        return caller

    def _own_headers(self, caller: Caller | None) -> list[Header]:
        own = [(b"x-request-id", self._request_id.encode()), (b"traceparent", self._trace.traceparent.encode())]
        if caller is not None:
            token = self._parts.issuer.internal(caller.principal, self._upstream, self._parts.clock.now())
            own.append((b"authorization", b"Bearer " + token.encode()))
        return own

    async def _answer_here(self, caller: Caller | None, own: list[Header]) -> None:
        kept = [pair for pair in self._headers if pair[0] in (b"content-length", b"transfer-encoding", b"host")]
        told = _told_of(caller) if caller else []
        thumbprint = self._parts.callers.thumbprint(self._scope, self._headers)
        if thumbprint is not None:
            told.append((b"x-gateway-certificate", thumbprint.encode()))
        headers = [*rules.forwarded(self._headers), *kept, *own, *told]
        await self._inner({**self._scope, "headers": headers}, self._receive, self._answer)

    async def _hand_on(self, routed: Routed, caller: Caller | None, own: list[Header]) -> None:
        async def stands() -> bool:
            return caller is None or await self._parts.callers.still_stands(caller)

        upstream = self._parts.upstreams[self._upstream]
        await forward(upstream, routed, own, self._scope, self._receive, self._answer, stands)

    def _report(self, seconds: float) -> None:
        metrics.ANSWERED.labels(self._upstream, str(self._answer.status)).inc()
        metrics.SECONDS.labels(self._upstream).observe(seconds)
        if self._upstream != GATEWAY:
            log().info(
                "request.passed",
                method=self._scope["method"],
                route=self._template,
                upstream=self._upstream,
                status=self._answer.status,
                duration_ms=round(seconds * 1000, 1),
                request_id=self._request_id,
            )


def _told_of(caller: Caller) -> list[Header]:
    """What this process' own routes are told of who asks, beside the token it makes for them."""
    told = [(b"x-gateway-session", caller.session_id.encode())]
    return told if caller.ends is None else [*told, (b"x-gateway-token-ends", str(caller.ends).encode())]


class Answer:
    """Wraps `send`: the headers every answer of the gateway carries."""

    SECURITY: Mapping[bytes, bytes] = {
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"no-referrer",
        b"x-frame-options": b"DENY",
        b"cross-origin-resource-policy": b"same-origin",
    }

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status = 0
        self.verdict: Verdict | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": self._with_own(list(message.get("headers", [])))}
        await self._send(message)

    def _with_own(self, headers: list[Header]) -> list[Header]:
        own = dict(self.SECURITY)
        own[b"x-request-id"] = self._request_id.encode()
        if self.verdict is not None:
            own.update(self.verdict.headers())
        kept = [(name, value) for name, value in headers if name.lower() not in own]
        if not any(name.lower() == b"cache-control" for name, _ in kept):
            kept.append((b"cache-control", b"no-store"))
        return [*kept, *own.items()]
