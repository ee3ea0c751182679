"""Who is asking: from an access token to a caller whose account still stands."""

from collections.abc import Sequence
from dataclasses import replace

from inzira_platform.auth import Principal, TokenVerifier, UnauthenticatedError, bearer
from starlette.types import Scope

from inzira_gateway.edge.certificates import thumbprint_of
from inzira_gateway.edge.headers import Header, first
from inzira_gateway.edge.standing import Standings
from inzira_gateway.token.domain import Caller, bound_to, purpose_for, session_of


class Callers:
    """Verifies tokens and names those who ask without one by their address."""

    def __init__(self, verifier: TokenVerifier, standings: Standings, trusted_proxies: Sequence[str]) -> None:
        self._verifier = verifier
        self._standings = standings
        self._trusted = frozenset(trusted_proxies)

    async def identify(self, scope: Scope, headers: list[Header]) -> Caller:
        """The caller of a request, with the purpose it states.

        Raises UnauthenticatedError for a token that is absent, wrong in any way, of an account or partner that
        changed, or bound to a certificate that the request does not come with.
        """
        authorization = first(headers, b"authorization")
        token = bearer(authorization.decode("latin-1") if authorization is not None else None)
        verified = self._verifier.verify(token)
        claims, session = verified.claims, session_of(verified.claims)
        if session is None:
            raise UnauthenticatedError
        bound = bound_to(claims)
        if bound is not None and bound != self.thumbprint(scope, headers):
            raise UnauthenticatedError
        principal = _stating(verified.principal, first(headers, b"x-purpose"))
        caller = Caller(principal, *session, thumbprint=bound, ends=int(claims["exp"]))
        if not await self.still_stands(caller):
            raise UnauthenticatedError
        if not caller.is_partner:
            return caller
        return replace(caller, quota=await self._standings.partner_quota(*session))

    async def still_stands(self, caller: Caller) -> bool:
        """Asked again and again while a stream stays open."""
        if caller.is_partner:
            return await self._standings.partner_quota(caller.session_id, caller.epoch) is not None
        return await self._standings.holds(caller.session_id, caller.epoch)

    def thumbprint(self, scope: Scope, headers: list[Header]) -> str | None:
        """Of the client certificate the edge verified; what anybody else says in Client-Cert counts for nothing."""
        client = scope.get("client")
        said = [value for name, value in headers if name == b"client-cert"]
        if not client or client[0] not in self._trusted or len(said) != 1:
            return None
        return thumbprint_of(said[0])

    def address(self, scope: Scope, headers: list[Header]) -> str:
        """The client's address; what X-Forwarded-For says is believed only of a trusted edge."""
        client = scope.get("client")
        peer = client[0] if client else "unknown"
        said = first(headers, b"x-forwarded-for")
        if peer in self._trusted and said is not None:
            return said.decode("latin-1").rpartition(",")[2].strip()[:64] or peer
        return str(peer)


def _stating(principal: Principal, stated: bytes | None) -> Principal:
    """The principal with the purpose of this request, where it states one."""
    if stated is None:
        return principal
    return replace(principal, purpose=purpose_for(stated.decode("latin-1"), principal.purpose))
