"""Signing in, renewing and signing out."""

import asyncio
import time
from datetime import timedelta

from gateway_scene import PASSWORD, make_account, officer, problem_of, sign_in
from inzira_platform.clock import FixedClock
from inzira_platform.testing.client import Api


async def test_sign_in_gives_tokens_that_work(door: Api) -> None:
    await make_account(door, "keza", "rcs_intake_officer", facilities=("HUY",))
    tokens = await sign_in(door, "keza")
    assert tokens["expires_in"] == 600
    me = (await door.with_token(tokens["access_token"]).get("/v1/me")).json()
    assert me["username"] == "keza" and me["scope"] == "facility" and "admission:record" in me["permissions"]


async def test_wrong_password_unknown_user_and_disabled_account_look_the_same(door: Api) -> None:
    identifier = await make_account(door, "keza", "caseworker", org="PFR")
    await make_account(door, "gone", "caseworker", org="PFR")
    await door.database.execute("UPDATE account SET state = 'DISABLED' WHERE username = 'gone'")
    bodies = []
    for username, password in (("keza", "not the right one"), ("nobody", PASSWORD), ("gone", PASSWORD)):
        answer = await door.nobody().post("/v1/sessions", {"username": username, "password": password})
        assert answer.status_code == 401
        document = problem_of(answer)
        bodies.append({name: value for name, value in document.items() if name != "request_id"})
    assert bodies[0] == bodies[1] == bodies[2]
    assert identifier


async def test_repeated_failures_wait_longer_and_longer(door: Api, clock: FixedClock) -> None:
    await make_account(door, "keza", "caseworker", org="PFR")
    for username in ("keza", "nobody"):
        wrong = {"username": username, "password": "not the right one"}
        statuses = [(await door.nobody().post("/v1/sessions", wrong)).status_code for _ in range(5)]
        assert statuses == [401, 401, 401, 401, 429]
    right = {"username": "keza", "password": PASSWORD}
    refused = await door.nobody().post("/v1/sessions", right)
    assert problem_of(refused)["code"] == "too-many-attempts" and int(refused.headers["retry-after"]) >= 1
    clock.set(clock.now() + timedelta(seconds=2))
    assert (await door.nobody().post("/v1/sessions", right)).status_code == 201
    assert (await door.nobody().post("/v1/sessions", right)).status_code == 201


async def test_refresh_token_is_good_once_and_reuse_ends_the_session(door: Api, clock: FixedClock) -> None:
    await make_account(door, "keza", "caseworker", org="PFR")
    first = await sign_in(door, "keza")
    second = (await door.nobody().post("/v1/sessions/refresh", {"refresh_token": first["refresh_token"]})).json()
    raced = await door.nobody().post("/v1/sessions/refresh", {"refresh_token": first["refresh_token"]})
    assert raced.status_code == 409 and problem_of(raced)["code"] == "refresh-raced"
    clock.set(clock.now() + timedelta(seconds=11))
    reused = await door.nobody().post("/v1/sessions/refresh", {"refresh_token": first["refresh_token"]})
    assert reused.status_code == 401
    stolen = await door.nobody().post("/v1/sessions/refresh", {"refresh_token": second["refresh_token"]})
    assert stolen.status_code == 401
    assert (await door.with_token(second["access_token"]).get("/v1/me")).status_code == 401


async def test_two_refreshes_at_once_yield_one_chain(door: Api) -> None:
    await make_account(door, "keza", "caseworker", org="PFR")
    body = {"refresh_token": (await sign_in(door, "keza"))["refresh_token"]}
    answers = await asyncio.gather(*(door.nobody().post("/v1/sessions/refresh", body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_session_ends_when_idle_and_at_the_end_of_the_day(door: Api, clock: FixedClock) -> None:
    await make_account(door, "keza", "caseworker", org="PFR")
    idle = await sign_in(door, "keza")
    clock.set(clock.now() + timedelta(minutes=31))
    assert (
        await door.nobody().post("/v1/sessions/refresh", {"refresh_token": idle["refresh_token"]})
    ).status_code == 401
    token = (await sign_in(door, "keza"))["refresh_token"]
    for _ in range(26):
        clock.set(clock.now() + timedelta(minutes=29))
        answer = await door.nobody().post("/v1/sessions/refresh", {"refresh_token": token})
        if answer.status_code != 201:
            break
        token = answer.json()["refresh_token"]
    assert answer.status_code == 401


async def test_sign_out_ends_access_within_five_seconds(door: Api) -> None:
    caller = await officer(door)
    assert (await caller.get("/v1/me")).status_code == 200
    assert (await caller.delete("/v1/sessions/current")).status_code == 204
    started = time.monotonic()
    while (await caller.get("/v1/me")).status_code != 401:
        assert time.monotonic() - started < 5
        await asyncio.sleep(0.2)


async def test_only_a_hash_of_refresh_tokens_is_kept(door: Api) -> None:
    await make_account(door, "keza", "caseworker", org="PFR")
    token = (await sign_in(door, "keza"))["refresh_token"]
    rows = await door.database.rows("SELECT * FROM refresh_token")
    assert len(rows) == 1 and token.encode() not in rows[0]["digest"]


async def test_jwks_shows_public_keys_only(door: Api) -> None:
    keys = (await door.nobody().get("/.well-known/jwks.json")).json()["keys"]
    assert keys and all("d" not in key and key["crv"] == "P-256" for key in keys)


async def test_unknown_fields_and_values_are_refused_without_an_echo(door: Api) -> None:
    body = {"username": "keza", "password": "secret-canary-value", "role": "administrator"}
    answer = await door.nobody().post("/v1/sessions", body)
    assert answer.status_code == 422 and "secret-canary-value" not in answer.text
    assert problem_of(answer)["errors"]
