"""What the gateway says in a token, and what it believes in one. Pure: claims in, claims out.

Access token: 10 minutes, audience `gateway`, typ `at+jwt`, signed ES256. Internal token: 60 seconds, for one
service (security.md 3 and 9). Neither carries a name or an identity number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from inzira_platform.auth import ISSUER, Principal, claims_of

ACCESS_LIFE = timedelta(minutes=10)
PARTNER_LIFE = timedelta(minutes=5)
INTERNAL_LIFE = timedelta(seconds=60)
ACCESS_AUDIENCE = "gateway"
ACCESS_TYP = "at+jwt"
PURPOSES = frozenset(
    {
        "custody_management",
        "psychosocial_care",
        "curriculum",
        "tvet_training",
        "reintegration_support",
        "family_contact",
        "health_referral",
        "me_statistics",
        "research",
    }
)
"""The closed list of security.md 6."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a good access token: who, in which session, with which epoch of their account."""

    principal: Principal
    session_id: str
    epoch: int
    thumbprint: str | None = None
    """Of the client certificate a partner's token is bound to (RFC 8705)."""
    quota: int | None = None
    """Units of cost in a minute, where the caller has a quota of its own."""
    ends: int | None = None
    """The second in which the token ends."""

    @property
    def is_partner(self) -> bool:
        return self.principal.scope_kind == "partner"


def access_claims(caller: Caller, now: datetime, token_id: str) -> dict[str, Any]:
    """Claims of an access token issued at `now`."""
    issued = int(now.timestamp())
    life = PARTNER_LIFE if caller.is_partner else ACCESS_LIFE
    claims = {
        "iss": ISSUER,
        "aud": ACCESS_AUDIENCE,
        "iat": issued,
        "nbf": issued,
        "exp": issued + int(life.total_seconds()),
        "jti": token_id,
        "sid": caller.session_id,
        "ver": caller.epoch,
        **claims_of(caller.principal),
    }
    if caller.is_partner:
        claims["client_id"] = caller.principal.sub
    if caller.thumbprint is not None:
        claims["cnf"] = {"x5t#S256": caller.thumbprint}
    return claims


def bound_to(claims: Mapping[str, Any]) -> str | None:
    """Thumbprint of the certificate a token is bound to, None where it is bound to none.

    A `cnf` of any other shape binds to something nobody can show.
    """
    if "cnf" not in claims:
        return None
    confirmation = claims["cnf"]
    found = confirmation.get("x5t#S256") if isinstance(confirmation, Mapping) else None
    return found if isinstance(found, str) else "unreadable"


def internal_claims(principal: Principal, service: str, now: datetime) -> dict[str, Any]:
    """Claims of the 60-second token for one service, with the caller's own reach, never the gateway's."""
    issued = int(now.timestamp())
    return {
        "iss": ISSUER,
        "aud": f"svc:{service}",
        "iat": issued,
        "nbf": issued,
        "exp": issued + int(INTERNAL_LIFE.total_seconds()),
        **claims_of(principal),
    }


def purpose_for(given: str, default: str) -> str:
    """The purpose a request states, when it is one of the closed list; else the account's own."""
    return given if given in PURPOSES else default


def session_of(claims: Mapping[str, Any]) -> tuple[str, int] | None:
    """Session id and account epoch of an access token, or None when the claims lack them."""
    sid, ver = claims.get("sid"), claims.get("ver")
    return (sid, ver) if isinstance(sid, str) and isinstance(ver, int) else None
