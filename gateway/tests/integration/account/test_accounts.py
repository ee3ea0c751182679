"""Accounts, as administrators keep them."""

import asyncio
import time
from typing import Any

from gateway_scene import PASSWORD, make_account, officer, problem_of, sign_in
from inzira_platform.testing.client import Api

NEW = {
    "username": "mutesi", "display_name": "Mutesi", "role": "caseworker", "agency": "PFR", "org": "PFR",
    "password": PASSWORD,
}  # fmt: skip


def new(**changes: object) -> dict[str, Any]:
    return {**NEW, **changes}


async def test_administrator_makes_an_account_that_can_sign_in(door: Api) -> None:
    admin = await officer(door, "admin1", "administrator")
    made = await admin.post("/v1/accounts", new())
    assert made.status_code == 201 and made.json()["state"] == "ACTIVE"
    assert (await sign_in(door, "mutesi"))["access_token"]
    listed = (await admin.get("/v1/accounts")).json()["items"]
    assert [item["username"] for item in listed] == ["admin1", "mutesi"]
    assert "password" not in str(listed).lower()


async def test_privileged_role_needs_a_second_administrator(door: Api) -> None:
    first = await officer(door, "admin1", "administrator")
    second = await officer(door, "admin2", "administrator")
    made = (await first.post("/v1/accounts", new(role="data_protection_officer", org=None))).json()
    assert made["state"] == "PENDING"
    path, match = f"/v1/accounts/{made['id']}", {"If-Match": '"1"'}
    refused = await first.patch(path, {"state": "ACTIVE"}, headers=match)
    assert refused.status_code == 409 and problem_of(refused)["code"] == "second-administrator-needed"
    assert (await door.nobody().post("/v1/sessions", {"username": "mutesi", "password": PASSWORD})).status_code == 401
    confirmed = await second.patch(path, {"state": "ACTIVE"}, headers=match)
    assert confirmed.json() == {"id": made["id"], "version": 2, "state": "ACTIVE"}
    assert (await sign_in(door, "mutesi"))["access_token"]


async def test_raising_a_role_also_waits_for_a_second_administrator(door: Api) -> None:
    first = await officer(door, "admin1", "administrator")
    made = (await first.post("/v1/accounts", new())).json()
    changed = await first.patch(f"/v1/accounts/{made['id']}", {"role": "administrator"}, headers={"If-Match": '"1"'})
    assert changed.json()["state"] == "PENDING"


async def test_disabled_account_is_refused_within_five_seconds(door: Api) -> None:
    admin = await officer(door, "admin1", "administrator")
    identifier = await make_account(door, "keza", "caseworker", org="PFR")
    caller = door.with_token((await sign_in(door, "keza"))["access_token"])
    assert (await caller.get("/v1/me")).status_code == 200
    disabled = await admin.patch(f"/v1/accounts/{identifier}", {"state": "DISABLED"}, headers={"If-Match": '"1"'})
    assert disabled.status_code == 200
    started = time.monotonic()
    while (await caller.get("/v1/me")).status_code != 401:
        assert time.monotonic() - started < 5
        await asyncio.sleep(0.2)


async def test_new_password_ends_every_session(door: Api) -> None:
    admin = await officer(door, "admin1", "administrator")
    identifier = await make_account(door, "keza", "caseworker", org="PFR")
    tokens = await sign_in(door, "keza")
    body, match = {"password": "another hill, also green"}, {"If-Match": '"1"'}
    assert (await admin.patch(f"/v1/accounts/{identifier}", body, headers=match)).status_code == 200
    renewed = await door.nobody().post("/v1/sessions/refresh", {"refresh_token": tokens["refresh_token"]})
    assert renewed.status_code == 401
    assert (await sign_in(door, "keza", "another hill, also green"))["access_token"]


async def test_changes_are_guarded_and_written_down(door: Api) -> None:
    admin = await officer(door, "admin1", "administrator")
    made = (await admin.post("/v1/accounts", new())).json()
    path = f"/v1/accounts/{made['id']}"
    assert (await admin.patch(path, {"org": "DIDE"})).status_code == 428
    assert (await admin.patch(path, {"org": "DIDE"}, headers={"If-Match": '"7"'})).status_code == 412
    assert (await admin.patch(path, {"org": "DIDE"}, headers={"If-Match": '"1"'})).status_code == 200
    rows = await door.database.rows("SELECT action, facts FROM account_change ORDER BY changed_at, id")
    assert [row["action"] for row in rows][-2:] == ["created", "changed"]
    assert PASSWORD not in str(rows)


async def test_nobody_changes_their_own_account(door: Api) -> None:
    identifier = await make_account(door, "admin1", "administrator")
    admin = door.with_token((await sign_in(door, "admin1"))["access_token"])
    answer = await admin.patch(f"/v1/accounts/{identifier}", {"agency": "X"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 409 and problem_of(answer)["code"] == "own-account"


async def test_weak_password_taken_name_and_missing_reach_are_named(door: Api) -> None:
    admin = await officer(door, "admin1", "administrator")
    weak = await admin.post("/v1/accounts", new(password="password12345"))
    assert problem_of(weak)["code"] == "weak-password" and "password12345" not in weak.text
    taken = await admin.post("/v1/accounts", new(username="admin1"))
    assert problem_of(taken)["code"] == "username-taken"
    missing = await admin.post("/v1/accounts", new(org=None))
    assert problem_of(missing)["errors"][0]["field"] == "org"
    assert (await admin.post("/v1/accounts", new(role="system"))).status_code == 422


async def test_only_administrators_see_accounts(door: Api) -> None:
    caller = await officer(door)
    assert (await caller.get("/v1/accounts")).status_code == 403
    admin = await officer(door, "admin1", "administrator")
    assert (await admin.get("/v1/accounts/0190b3f0-0000-7000-8000-000000000001")).status_code == 404
