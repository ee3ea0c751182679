"""Reading and verifying what a partner's system signed."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from inzira_gateway.partner.domain import MAX_ASSERTION, AssertionFault, KeyInvalidError, check_header


def claimed_client(assertion: str) -> str | None:
    """Who an assertion says it is of, before anything is verified; None when it says nothing readable."""
    if len(assertion) > MAX_ASSERTION:
        return None
    issuer = _part(assertion, 1).get("iss")
    return issuer if isinstance(issuer, str) and len(issuer) <= 40 else None


def key_id(assertion: str) -> str:
    """The id of the key an assertion says it is signed with.

    Raises AssertionFault for one that is over-long, unreadable or of a header we do not take.
    """
    if len(assertion) > MAX_ASSERTION:
        raise AssertionFault("too-large")
    if assertion.count(".") != 2:
        raise AssertionFault("unreadable")
    return check_header(_part(assertion, 0))


def verified_claims(assertion: str, jwk: Mapping[str, Any]) -> dict[str, Any]:
    """The claims, when the signature is that of `jwk`. Raises AssertionFault."""
    try:
        key = ECKey.import_key(dict(jwk))
        return dict(jwt.decode(assertion, key, algorithms=["ES256"]).claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise AssertionFault("signature") from error


def check_on_curve(jwk: Mapping[str, Any]) -> None:
    """Raises KeyInvalidError when the two coordinates are no point of the curve."""
    try:
        ECKey.import_key(dict(jwk)).as_pem(private=False)
    except (JoseError, ValueError, TypeError) as error:
        raise KeyInvalidError(field="jwk") from error


def _part(assertion: str, index: int) -> dict[str, Any]:
    parts = assertion.split(".")
    if len(parts) != 3:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[index] + "=" * (-len(parts[index]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
