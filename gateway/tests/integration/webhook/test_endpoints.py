"""Registering and looking after endpoints: one's own and nobody else's, and all of it on record."""

from typing import Any

import pytest
from gateway_scene import problem_of
from inzira_gateway.webhook.address import Reach
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from partner_scene import Partner, administrator, fresh, granted, registered
from webhook_scene import PURPOSE, Names, deliveries_of, woken_at

HOOKS = "/v1/webhooks"
URL = "https://hooks.ngo.example/inzira?token=s3cret"
PUBLIC = "8.8.8.8"


@pytest.fixture
async def partner(api: Api, door: Api) -> Partner:
    """A partner that may follow the feed, at an installation that lets webhooks go to public addresses alone."""
    door.app.state.webhook_reach = Reach(frozenset({443}))
    door.app.state.webhook_resolver = Names([[PUBLIC]])
    made = await registered(api, door)
    await granted(api, made, route="feed")
    await fresh(api)
    return made


async def refusals(api: Api) -> list[str]:
    rows = await api.database.rows(
        "SELECT reason FROM partner_record WHERE action LIKE '% /v1/webhooks%' AND outcome = 'REFUSED' ORDER BY id"
    )
    return [row["reason"] for row in rows]


async def test_an_endpoint_is_registered_read_changed_and_deleted(api: Api, caller: Caller) -> None:
    endpoint = await woken_at(caller, URL)
    found = await caller.get(f"{HOOKS}/{endpoint}")
    assert found.headers["etag"] == '"1"'
    (key,) = found.json().pop("keys")
    assert key["public_key"].startswith("whpk_") and key["signs_until"] is None
    assert (await caller.get(f"{HOOKS}/{endpoint}/keys")).json()["keys"][0]["kid"] == key["kid"]
    assert (await caller.get(HOOKS)).json()["items"][0] == found.json()
    other = "https://other.ngo.example/"
    stale = await caller.patch(f"{HOOKS}/{endpoint}", json={"url": other}, headers={"If-Match": '"9"'})
    assert problem_of(stale)["status"] == 412
    changed = await caller.patch(f"{HOOKS}/{endpoint}", json={"url": other}, headers={"If-Match": '"1"'})
    assert changed.json() == {"id": endpoint, "state": "ACTIVE", "version": 2}
    assert problem_of(await caller.delete(f"{HOOKS}/{endpoint}"))["status"] == 428
    gone = await caller.delete(f"{HOOKS}/{endpoint}", headers={"If-Match": '"2"'})
    assert gone.status_code == 204
    assert problem_of(await caller.get(f"{HOOKS}/{endpoint}"))["status"] == 404
    assert (await caller.get(HOOKS)).json()["items"] == []
    rows = await api.database.rows(
        "SELECT action, actor, subject FROM partner_record WHERE action LIKE 'webhook.%' ORDER BY id"
    )
    assert [row["action"] for row in rows] == ["webhook.registered", "webhook.changed", "webhook.deleted"]
    assert {(row["actor"], str(row["subject"])) for row in rows} == {("ngo-one", endpoint)}
    assert await refusals(api) == ["stale-version", "if-match-missing", "not-found"]


async def test_another_partners_endpoint_looks_like_none(api: Api, door: Api, caller: Caller) -> None:
    endpoint = await woken_at(caller, URL)
    stranger = await (await registered(api, door, "ngo-two")).sign_in()
    assert (await stranger.get(HOOKS)).json()["items"] == []
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "", {}),
        ("PATCH", "", {"json": {}, "headers": {"If-Match": '"1"'}}),
        ("DELETE", "", {"headers": {"If-Match": '"1"'}}),
        ("GET", "/keys", {}),
        ("GET", "/deliveries", {}),
        ("POST", "/rotate", {}),
        ("POST", "/test", {}),
        ("POST", "/replay", {"json": {"since": "2026-11-22T00:00:00Z"}}),
    ]
    for method, path, options in asked:
        answers = [
            await stranger.request(
                method, f"{HOOKS}/{one}{path}", **{**options, "headers": dict(options.get("headers", {}))}
            )
            for one in (endpoint, str(new_id()))
        ]
        theirs, nobodys = (problem_of(answer) for answer in answers)
        assert theirs.pop("request_id") != nobodys.pop("request_id")
        assert theirs == nobodys and theirs["status"] == 404, (method, path)
    assert (await caller.get(f"{HOOKS}/{endpoint}")).json()["version"] == 1


async def test_the_same_request_twice_makes_one_endpoint(api: Api, caller: Caller) -> None:
    body, key = {"url": URL, "purpose": PURPOSE}, {"Idempotency-Key": "register-once"}
    first = await caller.post(HOOKS, body, headers=dict(key))
    again = await caller.post(HOOKS, body, headers=dict(key))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotency-replayed"] == "true" and again.json() == first.json()
    assert len((await caller.get(HOOKS)).json()["items"]) == 1
    other = await caller.post(HOOKS, {**body, "url": "https://b.example/"}, headers=dict(key))
    assert problem_of(other)["code"] == "idempotency-key-reused"
    assert problem_of(await caller.post(HOOKS, body, keyed=False))["status"] == 428
    kept = "SELECT count(*) FROM idempotency_key WHERE answer::text LIKE '%ngo.example%'"
    assert await api.database.value(kept) == 0


async def test_what_a_partner_was_answered_is_no_other_partners(api: Api, door: Api, caller: Caller) -> None:
    key = {"Idempotency-Key": "the-same-for-both"}
    await caller.post(HOOKS, {"url": URL, "purpose": PURPOSE}, headers=dict(key))
    second = await registered(api, door, "ngo-two")
    await granted(api, second, route="feed")
    answer = await (await second.sign_in()).post(HOOKS, {"url": URL, "purpose": PURPOSE}, headers=dict(key))
    assert answer.status_code == 201 and "idempotency-replayed" not in answer.headers


async def test_five_endpoints_are_the_most_and_a_deleted_one_counts_no_more(caller: Caller) -> None:
    made = [await woken_at(caller, URL) for _ in range(5)]
    refused = await caller.post(HOOKS, {"url": URL, "purpose": PURPOSE})
    assert problem_of(refused)["code"] == "webhook-limit"
    await caller.delete(f"{HOOKS}/{made[0]}", headers={"If-Match": '"1"'})
    await woken_at(caller, URL)


async def test_without_a_grant_of_the_feed_for_the_purpose_there_is_nothing_to_be_woken_for(
    api: Api, door: Api, caller: Caller
) -> None:
    refused = await caller.post(HOOKS, {"url": URL, "purpose": "research"})
    assert (problem_of(refused)["status"], refused.json()["code"]) == (403, "not-granted")
    persons_only = await registered(api, door, "ngo-two")
    await granted(api, persons_only)
    refused = await (await persons_only.sign_in()).post(HOOKS, {"url": URL, "purpose": PURPOSE})
    assert refused.json()["code"] == "not-granted"


@pytest.mark.parametrize(
    ("url", "answers", "code"),
    [
        ("http://127.0.0.1:8080/", [[PUBLIC]], "webhook-url"),
        ("https://169.254.169.254/latest/meta-data", [[PUBLIC]], "webhook-url"),
        ("https://[::1]/", [[PUBLIC]], "webhook-url"),
        ("https://user:pass@hooks.ngo.example/", [[PUBLIC]], "webhook-url"),
        ("https://hooks.ngo.example:8443/", [[PUBLIC]], "webhook-url"),
        ("https://hooks.ngo.example/", [["127.0.0.1"]], "webhook-address"),
        ("https://hooks.ngo.example/", [[PUBLIC, "192.168.0.5"]], "webhook-address"),
        ("https://hooks.ngo.example/", [[]], "webhook-address"),
    ],
)
async def test_an_address_that_leads_inside_is_refused_recorded_and_not_repeated(
    api: Api, door: Api, caller: Caller, url: str, answers: list[list[str]], code: str
) -> None:
    door.app.state.webhook_resolver = Names(answers)
    refused = await caller.post(HOOKS, {"url": url, "purpose": PURPOSE})
    told = problem_of(refused)
    assert (told["status"], told["code"], told["errors"][0]["field"]) == (422, code, "url")
    assert url not in refused.text and "192.168" not in refused.text
    endpoint = await woken_at_public(door, caller)
    door.app.state.webhook_resolver = Names(answers)
    changed = await caller.patch(f"{HOOKS}/{endpoint}", json={"url": url}, headers={"If-Match": '"1"'})
    assert problem_of(changed)["code"] == code
    assert await refusals(api) == [code, code]


async def woken_at_public(door: Api, caller: Caller) -> str:
    door.app.state.webhook_resolver = Names([[PUBLIC]])
    return await woken_at(caller, URL)


async def test_private_keys_are_nowhere_in_the_clear(api: Api, caller: Caller) -> None:
    endpoint = await woken_at(caller, URL)
    await caller.post(f"{HOOKS}/{endpoint}/rotate")
    rows = await api.database.rows("SELECT id, public, sealed, key_version FROM webhook_key")
    assert len(rows) == 2
    vault = api.app.state.webhook_vault
    texts = [(await caller.get(path)).text for path in (HOOKS, f"{HOOKS}/{endpoint}", f"{HOOKS}/{endpoint}/keys")]
    for row in rows:
        private = vault.open(row["sealed"], row["key_version"], row["id"])
        assert private not in row["sealed"] and private != row["public"]
        assert all(private.hex() not in text for text in texts)
    assert '"d"' not in "".join(texts)


async def test_an_administrator_sees_where_but_not_the_whole_address_and_may_stop_it(
    api: Api, door: Api, partner: Partner, caller: Caller
) -> None:
    endpoint = await woken_at(caller, URL)
    boss = administrator(api)
    (seen,) = (await boss.get(f"/v1/admin/webhooks?partner_id={partner.id}")).json()["items"]
    assert (seen["id"], seen["client_id"], seen["host"]) == (endpoint, "ngo-one", "hooks.ngo.example")
    assert "s3cret" not in str(seen)
    stopped = await boss.post(f"/v1/admin/webhooks/{endpoint}/suspension")
    assert stopped.json() == {"id": endpoint, "state": "SUSPENDED", "version": 2}
    assert problem_of(await boss.post(f"/v1/admin/webhooks/{endpoint}/suspension"))["code"] == "webhook-state"
    assert (await caller.get(f"{HOOKS}/{endpoint}")).json()["state"] == "SUSPENDED"
    await boss.post(f"/v1/admin/webhooks/{endpoint}/resumption")
    assert (await boss.get(f"/v1/admin/webhooks/{endpoint}/deliveries")).json()["items"] == []
    assert await deliveries_of(caller, endpoint) == []
    assert problem_of(await boss.post(f"/v1/admin/webhooks/{new_id()}/suspension"))["status"] == 404
    assert problem_of(await boss.get(f"/v1/admin/webhooks?partner_id={new_id()}"))["status"] == 404
    rows = await api.database.rows("SELECT action, actor FROM partner_record WHERE action LIKE 'webhook.%' ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [
        ("webhook.registered", "ngo-one"), ("webhook.suspended", "adm-1"), ("webhook.resumed", "adm-1"),
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["administrator", "data_protection_officer", "rcs_intake_officer", "me_officer"])
async def test_endpoints_are_for_partners(api: Api, role: str) -> None:
    assert problem_of(await api.as_(role, facility="HUY").get(HOOKS))["status"] == 403


async def test_partners_do_not_oversee(caller: Caller) -> None:
    assert problem_of(await caller.get("/v1/admin/webhooks"))["status"] == 403


@pytest.mark.parametrize(
    "body",
    [
        {"url": URL},
        {"purpose": PURPOSE},
        {"url": URL, "purpose": PURPOSE, "secret": "x"},
        {"url": "https://a.example/" + "x" * 500, "purpose": PURPOSE},
        {"url": URL, "purpose": "A purpose"},
    ],
)
async def test_a_request_that_is_not_right_is_refused(caller: Caller, body: dict[str, str]) -> None:
    assert problem_of(await caller.post(HOOKS, body))["code"] == "invalid-fields"
