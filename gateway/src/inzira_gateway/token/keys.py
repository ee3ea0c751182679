"""The signing key and what it signs."""

import json
from collections import OrderedDict
from datetime import datetime
from pathlib import Path
from typing import Any

from inzira_platform.auth import INTERNAL_TYP, Principal
from joserfc import jwt
from joserfc.jwk import ECKey

from inzira_gateway.token.domain import ACCESS_TYP, INTERNAL_LIFE, Caller, access_claims, internal_claims

RENEW_BEFORE = 15
"""Seconds an internal token must still be good for when it is taken from the cache."""
KEPT_SECONDS = int(INTERNAL_LIFE.total_seconds()) - RENEW_BEFORE


def load_signing_key(path: Path) -> ECKey:
    """The private key in `path` (a JWK with curve P-256).

    Raises ValueError when the file holds anything else: the gateway must not start with it.
    """
    key = ECKey.import_key(json.loads(path.read_text("ascii")))
    if not key.is_private or key.curve_name != "P-256":
        raise ValueError("the signing key must be a private P-256 key")
    return key


def public_keys(path: Path) -> dict[str, Any]:
    """The public key set as it is published at /.well-known/jwks.json."""
    document: dict[str, Any] = json.loads(path.read_text("ascii"))
    return {"keys": [{name: value for name, value in key.items() if name != "d"} for key in document["keys"]]}


class Issuer:
    """Signs access tokens, and internal ones, which it keeps until shortly before they end."""

    def __init__(self, key: ECKey, capacity: int = 4096) -> None:
        self._key = key
        self._kid = str(key.as_dict(private=False).get("kid") or key.thumbprint())
        self._kept: OrderedDict[tuple[Principal, str], tuple[int, str]] = OrderedDict()
        self._capacity = capacity

    def access(self, caller: Caller, now: datetime, token_id: str) -> str:
        return self._sign(ACCESS_TYP, access_claims(caller, now, token_id))

    def internal(self, principal: Principal, service: str, now: datetime) -> str:
        """A 60-second token for one service, or the one made before for the very same claims.

        Whether the session behind it still stands is asked at the door each time: the token says nothing of it. One
        made by a clock that went wrong, and was put right, is of the future: no service takes it, and it is not used.
        """
        key, seconds = (principal, service), int(now.timestamp())
        kept = self._kept.get(key)
        if kept is not None and 0 <= seconds - kept[0] < KEPT_SECONDS:
            return kept[1]
        token = self._sign(INTERNAL_TYP, internal_claims(principal, service, now))
        self._kept[key] = (seconds, token)
        self._kept.move_to_end(key)
        while len(self._kept) > self._capacity:
            self._kept.popitem(last=False)
        return token

    def _sign(self, typ: str, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "ES256", "typ": typ, "kid": self._kid}, claims, self._key, algorithms=["ES256"])
