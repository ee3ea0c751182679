"""Signing in as a system: one good assertion, once; everything else looks alike (security.md 10.10)."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from gateway_scene import problem_of
from inzira_gateway.edge import standing
from inzira_platform.testing.client import Api
from joserfc import jwt
from joserfc.jwk import OctKey
from partner_scene import (
    CERTIFICATE,
    DER,
    END,
    KIND,
    THUMBPRINT,
    Partner,
    administrator,
    ask_token,
    jwk_of,
    new_key,
    registered,
)


def now(partner: Partner) -> int:
    return int(partner.door.clock.now().timestamp())


def symmetric(partner: Partner) -> str:
    secret = OctKey.import_key(str(jwk_of(partner.key)).encode())
    return jwt.encode({"alg": "HS256", "typ": "JWT", "kid": partner.key.kid}, partner.claims(), secret)


def unsigned(partner: Partner) -> str:
    return "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + partner.assertion().split(".")[1] + "."


def blank(partner: Partner) -> str:
    """r and s of zero (CVE-2022-21449)."""
    return partner.assertion().rsplit(".", 1)[0] + "." + "A" * 86


BAD: dict[str, Callable[[Partner], str]] = {
    "blank-signature": blank,
    "stripped": lambda p: p.assertion().rsplit(".", 1)[0] + ".",
    "two-parts": lambda p: p.assertion().rsplit(".", 1)[0],
    "keys-elsewhere": lambda p: p.assertion({"jku": "http://127.0.0.1:1/keys"}),
    "certificates-brought-along": lambda p: p.assertion({"x5c": ["AAAA"]}),
    "aud-somebody": lambda p: p.assertion(aud="rw-other"),
    "sub-missing": lambda p: p.assertion(sub=None),
    "jti-number": lambda p: p.assertion(jti=12345678),
    "exp-text": lambda p: p.assertion(exp=str(now(p) + 60)),
    "never-ends": lambda p: p.assertion(exp=None),
    "none": unsigned,
    "hs256-with-public-key": symmetric,
    "foreign-key": lambda p: p.assertion(key=new_key()),
    "unknown-kid": lambda p: p.assertion({"kid": "nobody"}),
    "no-kid": lambda p: p.assertion({"kid": None}),
    "no-typ": lambda p: p.assertion({"typ": None}),
    "access-token-typ": lambda p: p.assertion({"typ": "at+jwt"}),
    "key-brought-along": lambda p: p.assertion({"jwk": jwk_of(p.key)}),
    "aud-endpoint": lambda p: p.assertion(aud="https://gateway.example/oauth/token"),
    "aud-array": lambda p: p.assertion(aud=["rw-gateway"]),
    "aud-missing": lambda p: p.assertion(aud=None),
    "iss-other": lambda p: p.assertion(sub="somebody-else"),
    "no-jti": lambda p: p.assertion(jti=None),
    "short-jti": lambda p: p.assertion(jti="1"),
    "expired": lambda p: p.assertion(iat=now(p) - 100, exp=now(p)),
    "too-long": lambda p: p.assertion(exp=now(p) + 301),
    "from-the-future": lambda p: p.assertion(iat=now(p) + 60, exp=now(p) + 120),
    "not-yet": lambda p: p.assertion(nbf=now(p) + 60),
    "no-iat": lambda p: p.assertion(iat=None),
    "exp-true": lambda p: p.assertion(exp=True),
    "oversized": lambda p: p.assertion(more="x" * 4000),
    "unknown-client": lambda p: Partner(p.door, "ngo-unknown").assertion(),
    "not-a-token": lambda _: "a.b.c",
    "nested": lambda _: "W" * 3000 + ".W.W",
}


REASONS = {
    "algorithm": ("none", "hs256-with-public-key", "not-a-token", "nested"),
    "audience": ("aud-endpoint", "aud-array", "aud-missing", "aud-somebody"),
    "header": ("key-brought-along", "keys-elsewhere", "certificates-brought-along"),
    "issuer-or-subject": ("iss-other", "sub-missing"),
    "jti": ("no-jti", "short-jti", "jti-number"),
    "key": ("unknown-kid",),
    "key-id": ("no-kid",),
    "not-yet": ("from-the-future",),
    "signature": ("foreign-key", "blank-signature", "stripped"),
    "times": ("no-iat", "exp-true", "exp-text", "never-ends"),
    "too-large": ("oversized",),
    "type": ("no-typ", "access-token-typ"),
    "unreadable": ("two-parts",),
}
"""What the operator's record says of each; where it says something else than the name."""


def recorded(name: str) -> str:
    return next((reason for reason, names in REASONS.items() if name in names), name)


@pytest.mark.parametrize("name", BAD)
async def test_whatever_is_wrong_looks_alike_and_is_recorded(api: Api, door: Api, name: str) -> None:
    partner = await registered(api, door)
    answer = await partner.ask(BAD[name](partner))
    problem = problem_of(answer)
    plain = problem_of(await partner.ask("x.y.z"))
    assert {**problem, "request_id": ""} == {**plain, "request_id": ""}
    assert (problem["status"], problem["code"], problem["error"]) == (401, "invalid-client", "invalid_client")
    rows = await api.database.rows("SELECT reason FROM partner_record WHERE outcome = 'REFUSED' ORDER BY id")
    assert [row["reason"] for row in rows] == [recorded(name), "algorithm"]


async def test_a_good_assertion_gives_five_minutes_once(api: Api, door: Api) -> None:
    partner = await registered(api, door)
    assertion = partner.assertion()
    answer = await partner.ask(assertion)
    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 300)
    token = jwt.decode(answer.json()["access_token"], door.keys.key)
    assert token.header["typ"] == "at+jwt"
    claims = token.claims
    assert (claims["sub"], claims["client_id"], claims["scope_kind"]) == ("ngo-one", "ngo-one", "partner")
    assert claims["exp"] - claims["iat"] == 300
    assert "cnf" not in claims
    assert (await partner.ask(assertion)).status_code == 401
    reason = "SELECT reason FROM partner_record WHERE outcome = 'REFUSED'"
    assert await api.database.value(reason) == "replayed"


async def test_the_key_of_one_partner_does_not_open_another(api: Api, door: Api) -> None:
    one, other = await registered(api, door), await registered(api, door, "ngo-two")
    forged = other.assertion({"kid": one.key.kid}, one.key)
    assert (await other.ask(forged)).status_code == 401
    assert (await other.ask(form={"client_id": "ngo-one"})).status_code == 401
    assert (await other.ask(form={"client_id": "ngo-two"})).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        "", "grant_type=password", f"grant_type=client_credentials&client_assertion_type={quote(KIND)}",
        "grant_type=client_credentials&client_assertion_type=other&client_assertion=a",
        f"grant_type=client_credentials&client_assertion_type={quote(KIND)}&client_assertion=a&client_assertion=b",
        f"grant_type=client_credentials&client_assertion_type={quote(KIND)}&client_assertion=a&client_secret=b",
        "grant_type=client_credentials&scope=\u00e9", "%%%",
    ],
)  # fmt: skip
async def test_a_malformed_request_is_a_problem(door: Api, body: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await door.nobody().post("/oauth/token", content=body.encode(), headers=headers, keyed=False)
    assert problem_of(answer)["code"] == "invalid-request"


async def test_an_oversized_request_and_a_wrong_media_type_are_refused_unread(door: Api) -> None:
    assert (await ask_token(door, "x" * 9000)).status_code == 413
    assert (await door.nobody().post("/oauth/token", {}, keyed=False)).status_code == 415


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of partners is asked anew each time: the 2 seconds it is kept are not what is tested."""
    monkeypatch.setattr(standing, "KEEP_SECONDS", 0.0)


async def stands(door: Api, token: str, **headers: str) -> bool:
    """Whether the door takes a token at all: past it, a partner is refused an address that is not for it."""
    answer = await door.with_token(token).get("/v1/admin/partners", headers=headers)
    assert answer.status_code in (401, 403)
    return answer.status_code == 403


@pytest.mark.parametrize("deed", ["suspension", "key"])
async def test_tokens_in_flight_fall_with_the_partner_or_its_key(
    api: Api, door: Api, impatient: None, deed: str
) -> None:
    partner = await registered(api, door)
    token = (await partner.ask()).json()["access_token"]
    assert await stands(door, token)
    path, admin = f"/v1/admin/partners/{partner.id}", administrator(api)
    key = (await admin.get(path)).json()["keys"][0]["id"]
    await admin.post(f"{path}/suspension" if deed == "suspension" else f"{path}/keys/{key}/revocation")
    assert not await stands(door, token)
    assert (await partner.ask()).status_code == 401


async def test_a_suspended_partner_comes_back_by_two_persons(api: Api, door: Api, impatient: None) -> None:
    partner = await registered(api, door)
    path = f"/v1/admin/partners/{partner.id}"
    token = (await partner.ask()).json()["access_token"]
    await administrator(api).post(f"{path}/suspension")
    assert (await administrator(api).post(f"{path}/resumption")).json()["state"] == "PROPOSED"
    assert (await administrator(api).post(f"{path}/approval")).status_code == 403
    assert (await partner.ask()).status_code == 401
    assert (await administrator(api, "adm-2").post(f"{path}/approval")).json()["state"] == "ACTIVE"
    assert not await stands(door, token), "what was issued before the suspension stays refused"
    assert (await partner.ask()).status_code == 200


async def test_a_token_is_bound_to_the_certificate_the_edge_saw(api: Api, door: Api, impatient: None) -> None:
    key = new_key()
    keys = [{"jwk": jwk_of(key), "not_after": END}, {"x5t_s256": THUMBPRINT, "not_after": END}]
    partner = await registered(api, door, key=key, keys=keys, requires_certificate=True)
    assert (await partner.ask(headers=CERTIFICATE)).status_code == 401, "this peer is no edge of ours"
    door.app.state.door.callers._trusted = frozenset({"127.0.0.1"})
    assert (await partner.ask()).status_code == 401
    assert (await partner.ask(headers={"Client-Cert": ":AAAA:"})).status_code == 401
    answer = await partner.ask(headers=CERTIFICATE)
    token = answer.json()["access_token"]
    assert jwt.decode(token, door.keys.key).claims["cnf"] == {"x5t#S256": THUMBPRINT}
    assert await stands(door, token, **CERTIFICATE)
    assert not await stands(door, token)
    assert not await stands(door, token, **{"Client-Cert": ":AAAA:"})
    assert not await stands(door, token, **{"X-Gateway-Certificate": THUMBPRINT})
    door.app.state.door.callers._trusted = frozenset()
    assert not await stands(door, token, **CERTIFICATE), "only the edge is believed"
    assert DER not in answer.content
