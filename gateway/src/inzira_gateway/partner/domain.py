"""The rules of partners and of the assertions their systems sign in with. Pure.

No static keys: a system proves itself with a signed assertion that is good once and for five minutes at most
(security.md 3, "Partners"; RFC 7523 as tightened by RFC 10070: the audience is the issuer and nothing else).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from inzira_platform.errors import DomainError, Kind, NotFoundError

ASSERTION_LIFE = 300
"""Seconds between `iat` and `exp` of an assertion, at most."""
SKEW = 30
"""Seconds a partner's clock may be ahead of ours."""
MAX_ASSERTION = 4096
KEY_LIFE = timedelta(days=730)
ASSERTION_TYPES = frozenset({"JWT", "client-authentication+jwt"})
ASSERTION_KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
BARRED_HEADERS = frozenset({"crit", "jwk", "jku", "x5u", "x5c", "b64"})
_COORDINATE = re.compile(r"[A-Za-z0-9_-]{43}")
_KID = re.compile(r"[A-Za-z0-9._~-]{1,128}")
_JTI = re.compile(r"[\x21-\x7e]{8,128}")


class PartnerState(StrEnum):
    """PROPOSED waits for a second person; a suspended partner is proposed again before it is let in again."""

    PROPOSED = "PROPOSED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class KeyKind(StrEnum):
    """What a partner proves itself with: a key it signs with, or the thumbprint of a client certificate."""

    JWK = "JWK"
    X5T = "X5T"


class PartnerNotFoundError(NotFoundError):
    message = "There is no partner or key by this id."


class ClientIdTakenError(DomainError):
    kind = Kind.CONFLICT
    code = "client-id-taken"
    message = "A partner is registered under this client id. Choose another one."


class KeyIdTakenError(DomainError):
    kind = Kind.CONFLICT
    code = "key-id-taken"
    message = "This partner has, or had, a key of that id. Give every key an id of its own."


class SecondPersonNeededError(DomainError):
    kind = Kind.FORBIDDEN
    code = "second-person-needed"
    message = "Whoever proposed this may not approve it. Ask a colleague."


class PartnerStateError(DomainError):
    kind = Kind.CONFLICT
    code = "partner-state"
    message = "The partner or key is not in a state in which that can be done. Read it again."


class KeyInvalidError(DomainError):
    kind = Kind.INVALID
    code = "key-invalid"
    message = "Give a public key of curve P-256 with its id (`kid`), and never its private part."


class KeyLifeError(DomainError):
    kind = Kind.INVALID
    code = "key-life"
    message = "A key must end in the future, and within two years."


class ClientRefusedError(DomainError):
    """Whatever is wrong with a client or its assertion looks the same from outside."""

    kind = Kind.UNAUTHENTICATED
    code = "invalid-client"
    message = "The client could not be authenticated: its assertion, key or certificate is not right."


class TokenRequestError(DomainError):
    kind = Kind.INVALID
    code = "invalid-request"
    message = "Ask with grant_type=client_credentials, client_assertion_type and client_assertion, each once."


class AssertionFault(Exception):
    """Why an assertion is refused, for the record alone: a code, never shown to the client."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Assertion:
    """What is kept of a good assertion."""

    jti: str
    expires: int


def public_jwk(given: Mapping[str, Any]) -> dict[str, str]:
    """The public P-256 key in `given`, reduced to what is needed.

    Raises KeyInvalidError for any other key, and for one that comes with its private part.
    """
    kid, x, y = given.get("kid"), given.get("x"), given.get("y")
    if given.get("kty") != "EC" or given.get("crv") != "P-256" or "d" in given:
        raise KeyInvalidError(field="jwk")
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise KeyInvalidError(field="jwk.kid")
    if not isinstance(x, str) or not isinstance(y, str) or not (_COORDINATE.fullmatch(x) and _COORDINATE.fullmatch(y)):
        raise KeyInvalidError(field="jwk")
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid}


def check_life(not_after: datetime, now: datetime) -> None:
    """Raises KeyLifeError unless a key ends in the future and within two years."""
    if not now < not_after <= now + KEY_LIFE:
        raise KeyLifeError(field="not_after")


def check_second_person(proposed_by: str, approver: str) -> None:
    """Raises SecondPersonNeededError when somebody approves what they proposed."""
    if proposed_by == approver:
        raise SecondPersonNeededError


def check_header(header: Mapping[str, Any]) -> str:
    """The key id of an assertion's header.

    Raises AssertionFault for another algorithm or type, a key brought along, or a missing key id.
    """
    if header.get("alg") != "ES256":
        raise AssertionFault("algorithm")
    if header.get("typ") not in ASSERTION_TYPES:
        raise AssertionFault("type")
    if BARRED_HEADERS & header.keys():
        raise AssertionFault("header")
    kid = header.get("kid")
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise AssertionFault("key-id")
    return kid


def check_claims(claims: Mapping[str, Any], client_id: str, issuer: str, now: int) -> Assertion:
    """What is kept of an assertion whose signature is good; `now` in seconds.

    Raises AssertionFault when it is not this client's own, not meant for this issuer alone, or not of now.
    """
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise AssertionFault("issuer-or-subject")
    if claims.get("aud") != issuer or not isinstance(claims.get("aud"), str):
        raise AssertionFault("audience")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not _JTI.fullmatch(jti):
        raise AssertionFault("jti")
    return Assertion(jti, _check_times(claims, now))


def _check_times(claims: Mapping[str, Any], now: int) -> int:
    times = [claims.get("exp"), claims.get("iat"), claims.get("nbf", now)]
    if not all(type(value) is int for value in times):
        raise AssertionFault("times")
    exp, iat, nbf = int(claims["exp"]), int(claims["iat"]), int(claims.get("nbf", now))
    if exp <= now:
        raise AssertionFault("expired")
    if iat > now + SKEW or nbf > now + SKEW:
        raise AssertionFault("not-yet")
    if not 0 < exp - iat <= ASSERTION_LIFE:
        raise AssertionFault("too-long")
    return exp
