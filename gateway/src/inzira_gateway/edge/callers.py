"""Who is asking: from an access token to a caller whose account still stands."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from inzira_platform.auth import TokenVerifier, UnauthenticatedError, bearer, principal_from
from starlette.types import Scope

from inzira_gateway.edge.headers import Header, first
from inzira_gateway.edge.standing import Standings
from inzira_gateway.token.domain import Caller, purpose_for, session_of


class Callers:
    """Verifies tokens and names those who ask without one by their address."""

    def __init__(self, verifier: TokenVerifier, standings: Standings, trusted_proxies: Sequence[str]) -> None:
        self._verifier = verifier
        self._standings = standings
        self._trusted = frozenset(trusted_proxies)

    async def identify(self, headers: list[Header]) -> Caller:
        """The caller of a request, with the purpose it states.

        Raises UnauthenticatedError for a token that is absent, wrong in any way, or of an account that changed.
        """
        authorization = first(headers, b"authorization")
        token = bearer(authorization.decode("latin-1") if authorization is not None else None)
        claims = self._verifier.claims(token)
        session = session_of(claims)
        if session is None or not _is_uuid(session[0]) or not await self._standings.holds(*session):
            raise UnauthenticatedError
        principal = principal_from(claims)
        stated = first(headers, b"x-purpose")
        purpose = purpose_for(stated.decode("latin-1") if stated is not None else None, principal.purpose)
        return Caller(replace(principal, purpose=purpose), *session)

    async def still_stands(self, caller: Caller) -> bool:
        """Asked again and again while a stream stays open."""
        return await self._standings.holds(caller.session_id, caller.epoch)

    def address(self, scope: Scope, headers: list[Header]) -> str:
        """The client's address; what X-Forwarded-For says is believed only of a trusted edge."""
        client = scope.get("client")
        peer = client[0] if client else "unknown"
        said = first(headers, b"x-forwarded-for")
        if peer in self._trusted and said is not None:
            return said.decode("latin-1").rpartition(",")[2].strip()[:64] or peer
        return str(peer)


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
