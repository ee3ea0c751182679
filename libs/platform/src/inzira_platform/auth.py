"""Who is asking: the principal, built from a token the gateway signed for this one service."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inzira_contracts.policy import policy
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from inzira_platform.clock import Clock
from inzira_platform.errors import DomainError, Kind

ISSUER = "rw-gateway"
INTERNAL_TYP = "int+jwt"
MAX_TOKEN = 4096
HEADER = frozenset({"alg", "typ", "kid"})


class UnauthenticatedError(DomainError):
    kind = Kind.UNAUTHENTICATED
    code = "unauthenticated"
    message = "Sign in first: this address needs a valid token in the Authorization header."


@dataclass(frozen=True)
class Principal:
    """Somebody, or a service, with the reach their account gives them."""

    sub: str
    roles: frozenset[str] = frozenset()
    scope_kind: str = "none"
    facilities: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    org: str | None = None
    agency: str | None = None
    purpose: str = "custody_management"

    def can(self, permission: str) -> bool:
        """Whether a role of theirs carries `permission` by the policy table."""
        return bool(self.roles & policy().roles_for(permission))


ANONYMOUS = Principal(sub="anonymous")


def system(service: str) -> Principal:
    """The service itself at work: consumers, scanners, migrations of data."""
    return Principal(sub=f"svc:{service}", roles=frozenset({"system"}), scope_kind="system", purpose="system")


@dataclass(frozen=True, slots=True)
class Verified:
    """What a valid token says, and of whom."""

    claims: Mapping[str, Any]
    principal: Principal


class TokenVerifier:
    """Verifies ES256 tokens of one audience and one `typ`, with a short cache (security.md 3).

    The key file is read again when an unknown key id appears, so keys rotate without a restart.
    """

    def __init__(self, jwks_file: Path, clock: Clock, *, audience: str, typ: str = INTERNAL_TYP) -> None:
        """`audience` is this service as the issuer names it, for instance `svc:intake`."""
        self._file = jwks_file
        self._clock = clock
        self._audience = audience
        self._typ = typ
        self._keys: KeySet | None = None
        self._read_at = 0.0
        self._seen: OrderedDict[bytes, tuple[range, Verified]] = OrderedDict()

    def verify(self, token: str) -> Verified:
        """A valid token, read.

        Raises UnauthenticatedError whatever is wrong with it: the caller learns nothing more.
        """
        if len(token) > MAX_TOKEN:
            raise UnauthenticatedError
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        now = int(self._clock.now().timestamp())
        hit = self._seen.get(digest)
        if hit and now in hit[0]:
            return hit[1]
        claims = self._claims(token, now)
        verified = Verified(claims, principal_from(claims))
        # from now on, and not before: a clock that was an hour ahead and is put right forgets what it took for good
        self._remember(digest, range(now, min(int(claims["exp"]), now + 30)), verified)
        return verified

    def _claims(self, token: str, now: int) -> dict[str, Any]:
        try:
            decoded = jwt.decode(token, self._key_set(), algorithms=["ES256"])
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise UnauthenticatedError from error
        header, claims = decoded.header, decoded.claims
        expected = {"iss": ISSUER, "aud": self._audience}
        # crit, jwk, jku, x5u and whatever else may come: a token of ours says nothing of them
        if header.get("typ") != self._typ or not HEADER.issuperset(header):
            raise UnauthenticatedError
        if any(claims.get(name) != value for name, value in expected.items()):
            raise UnauthenticatedError
        if not _in_time(claims, now) or not isinstance(claims.get("sub"), str):
            raise UnauthenticatedError
        return dict(claims)

    def _key_set(self) -> KeySet:
        modified = self._file.stat().st_mtime
        if self._keys is None or modified != self._read_at:
            self._keys = KeySet.import_key_set(json.loads(self._file.read_text()))
            self._read_at = modified
        return self._keys

    def _remember(self, digest: bytes, seconds: range, verified: Verified) -> None:
        self._seen[digest] = (seconds, verified)
        while len(self._seen) > 2048:
            self._seen.popitem(last=False)


def _in_time(claims: Mapping[str, Any], now: int) -> bool:
    """exp in the future, nbf and iat not; all integers."""
    times: list[Any] = [claims.get("exp"), claims.get("iat", now), claims.get("nbf", now)]
    if not all(isinstance(value, int) for value in times):
        return False
    exp, iat, nbf = times
    return bool(exp > now and iat <= now + 5 and nbf <= now + 5)


def principal_from(claims: Mapping[str, Any]) -> Principal:
    """The principal a token's claims describe."""
    return Principal(
        sub=claims["sub"],
        roles=frozenset(claims.get("roles", ())),
        scope_kind=str(claims.get("scope_kind", "none")),
        facilities=tuple(claims.get("facilities", ())),
        districts=tuple(claims.get("districts", ())),
        org=claims.get("org"),
        agency=claims.get("agency"),
        purpose=str(claims.get("purpose", "custody_management")),
    )


def claims_of(principal: Principal) -> dict[str, Any]:
    """Inverse of `principal_from`: what the gateway puts into an internal token."""
    return {
        "sub": principal.sub,
        "roles": sorted(principal.roles),
        "scope_kind": principal.scope_kind,
        "facilities": list(principal.facilities),
        "districts": list(principal.districts),
        "org": principal.org,
        "agency": principal.agency,
        "purpose": principal.purpose,
    }


def bearer(header: str | None) -> str:
    """The token of an Authorization header.

    Raises UnauthenticatedError when it is absent or of another scheme.
    """
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthenticatedError
    return token.strip()
