"""The token suite of security.md 10.9: whatever is wrong with a token, the door answers 401 and nothing more."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from gateway_scene import SmallService, make_account, officer, problem_of, sign_in
from inzira_platform.clock import FixedClock
from inzira_platform.testing.client import Api
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

PATH = f"/v1/echo/{uuid4()}"


def claims(api: Api, **changes: object) -> dict[str, Any]:
    now = int(api.clock.now().timestamp())
    return {
        "iss": "rw-gateway", "aud": "gateway", "sub": str(uuid4()), "iat": now, "nbf": now, "exp": now + 600,
        "sid": str(uuid4()), "ver": 1, "roles": ["administrator"], "scope_kind": "none", **changes,
    }  # fmt: skip


def signed(api: Api, header: dict[str, Any] | None = None, **changes: object) -> str:
    head = {"alg": "ES256", "typ": "at+jwt", "kid": api.keys.key.kid, **(header or {})}
    return jwt.encode(head, claims(api, **changes), api.keys.key)


def hs256_with_public_key(api: Api) -> str:
    public = json.dumps(api.keys.key.as_dict(private=False)).encode()
    return jwt.encode({"alg": "HS256", "typ": "at+jwt"}, claims(api), OctKey.import_key(public))


def unsigned(api: Api) -> str:
    header, payload, _ = signed(api).split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0"
    assert header
    return f"{none}.{payload}."


def of_another_key(api: Api) -> str:
    other = ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": api.keys.key.kid}, claims(api), other)


BAD: dict[str, Callable[[Api], str]] = {
    "none": unsigned,
    "hs256-with-public-key": hs256_with_public_key,
    "foreign-key": of_another_key,
    "unknown-kid": lambda api: signed(api, {"kid": "nobody"}),
    "wrong-typ": lambda api: signed(api, {"typ": "JWT"}),
    "internal-typ": lambda api: signed(api, {"typ": "int+jwt"}),
    "wrong-aud": lambda api: signed(api, aud="svc:intake"),
    "wrong-iss": lambda api: signed(api, iss="somebody"),
    "expired": lambda api: signed(api, exp=int(api.clock.now().timestamp()) - 1),
    "not-yet": lambda api: signed(api, nbf=int(api.clock.now().timestamp()) + 600),
    "no-session": lambda api: signed(api, sid=None),
    "unknown-session": lambda api: signed(api),
    "session-is-no-uuid": lambda api: signed(api, sid="x' OR 1=1"),
    "oversize": lambda api: signed(api, pad="x" * 5000),
    "jwk-header": lambda api: signed(api, {"jwk": api.keys.key.as_dict(private=False)}),
    "jku-header": lambda api: signed(api, {"jku": "http://127.0.0.1/keys"}),
    "garbage": lambda _api: "a.b.c",
    "empty": lambda _api: "",
}


@pytest.mark.parametrize("kind", sorted(BAD))
async def test_bad_token_is_401(door: Api, upstream: SmallService, kind: str) -> None:
    answer = await door.with_token(BAD[kind](door)).get(PATH)
    assert answer.status_code == 401
    assert problem_of(answer)["code"] == "unauthenticated"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert not upstream.seen


async def test_no_token_is_401(door: Api) -> None:
    assert (await door.nobody().get(PATH)).status_code == 401


async def test_internal_token_of_a_service_does_not_open_the_door(door: Api) -> None:
    assert (await door.as_("rcs_intake_officer", facility="HUY").get(PATH)).status_code == 401


async def test_good_token_expires(door: Api, clock: FixedClock) -> None:
    caller = await officer(door)
    assert (await caller.get(PATH)).status_code == 200
    clock.set(clock.now() + timedelta(minutes=11))
    assert (await caller.get(PATH)).status_code == 401


async def test_token_of_before_a_change_is_refused(door: Api) -> None:
    identifier = await make_account(door, "keza", "rcs_intake_officer", facilities=("HUY",))
    tokens = await sign_in(door, "keza")
    await door.database.execute("UPDATE account SET epoch = epoch + 1 WHERE id = $1::uuid", identifier)
    assert (await door.with_token(tokens["access_token"]).get(PATH)).status_code == 401
