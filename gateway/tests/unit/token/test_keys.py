"""Which internal tokens are used again, and for whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from inzira_gateway.token.keys import Issuer
from inzira_platform.auth import Principal
from joserfc import jwt
from joserfc.jwk import ECKey

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
OFFICER = Principal(
    "acc-1", frozenset({"rcs_intake_officer"}), "facility", ("HUY",), agency="RCS", purpose="custody_management"
)


@pytest.fixture
def key() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


@pytest.fixture
def issuer(key: ECKey) -> Issuer:
    return Issuer(key)


def test_the_same_claims_are_signed_once_while_they_are_good_for_long_enough(issuer: Issuer, key: ECKey) -> None:
    first = issuer.internal(OFFICER, "intake", NOW)
    assert issuer.internal(replace(OFFICER), "intake", NOW + timedelta(seconds=44)) == first
    later = issuer.internal(OFFICER, "intake", NOW + timedelta(seconds=45))
    assert later != first
    claims = jwt.decode(later, key, algorithms=["ES256"]).claims
    assert claims["exp"] - NOW.timestamp() == 45 + 60


def test_a_token_of_a_clock_that_went_an_hour_ahead_is_not_used_once_it_is_right(issuer: Issuer, key: ECKey) -> None:
    """No service takes one that was issued in the future: everybody who asked meanwhile would stay outside."""
    ahead = issuer.internal(OFFICER, "intake", NOW + timedelta(hours=1))
    right = issuer.internal(OFFICER, "intake", NOW)
    assert right != ahead
    assert jwt.decode(right, key, algorithms=["ES256"]).claims["iat"] == NOW.timestamp()
    assert issuer.internal(OFFICER, "intake", NOW + timedelta(seconds=1)) == right


@pytest.mark.parametrize(
    "change",
    [
        {"sub": "acc-2"},
        {"roles": frozenset({"rcs_psychosocial_officer"})},
        {"scope_kind": "national"},
        {"facilities": ("HUY", "MUS")},
        {"districts": ("24",)},
        {"org": "PFR"},
        {"agency": "PFR"},
        {"purpose": "research"},
    ],
)
def test_another_reach_or_purpose_is_another_token(issuer: Issuer, key: ECKey, change: dict[str, object]) -> None:
    first = issuer.internal(OFFICER, "intake", NOW)
    other = issuer.internal(replace(OFFICER, **change), "intake", NOW)  # type: ignore[arg-type]  # fields of a principal
    assert other != first
    said = jwt.decode(other, key, algorithms=["ES256"]).claims
    assert {name: sorted(said[name]) if name == "roles" else said[name] for name in change} == {
        name: sorted(value) if isinstance(value, frozenset) else list(value) if isinstance(value, tuple) else value
        for name, value in change.items()
    }


def test_a_token_is_for_one_service(issuer: Issuer, key: ECKey) -> None:
    for service in ("intake", "tvet"):
        token = issuer.internal(OFFICER, service, NOW)
        assert jwt.decode(token, key, algorithms=["ES256"]).claims["aud"] == f"svc:{service}"
