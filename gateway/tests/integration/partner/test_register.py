"""The register of partners: what grants access takes two persons, what ends it takes one."""

from typing import Any

import pytest
from gateway_scene import problem_of
from inzira_platform.testing.client import Api
from partner_scene import END, THUMBPRINT, Partner, administrator, jwk_of, new_key, proposal, registered

PARTNERS = "/v1/admin/partners"


async def test_a_partner_takes_two_persons_and_its_private_key_is_never_there(api: Api, door: Api) -> None:
    partner = Partner(door, "ngo-one")
    proposed = (await administrator(api).post(PARTNERS, proposal(partner))).json()
    assert proposed["state"] == "PROPOSED"
    assert (await partner.ask()).status_code == 401
    own = await administrator(api).post(f"{PARTNERS}/{proposed['id']}/approval")
    assert problem_of(own)["code"] == "second-person-needed"
    assert (await administrator(api, "adm-2").post(f"{PARTNERS}/{proposed['id']}/approval")).status_code == 200
    assert (await partner.ask()).status_code == 200
    shown = (await administrator(api).get(f"{PARTNERS}/{proposed['id']}")).json()
    assert (shown["proposed_by"], shown["approved_by"]) == ("adm-1", "adm-2")
    assert shown["keys"][0]["kid"] == partner.key.kid
    assert "jwk" not in shown["keys"][0]


@pytest.mark.parametrize("spoil", ["private", "curve", "no-kid", "off-curve", "two-kinds", "ended", "endless"])
async def test_a_bad_key_is_refused(api: Api, door: Api, spoil: str) -> None:
    key = new_key()
    entry: dict[str, Any] = {"jwk": jwk_of(key), "not_after": END}
    spoilt: dict[str, dict[str, Any]] = {
        "private": {"jwk": {name: str(value) for name, value in key.as_dict(private=True).items()}},
        "curve": {"jwk": {**jwk_of(key), "crv": "P-384"}},
        "no-kid": {"jwk": {**jwk_of(key), "kid": "a b"}},
        "off-curve": {"jwk": {**jwk_of(key), "y": "A" * 43}},
        "two-kinds": {"x5t_s256": THUMBPRINT},
        "ended": {"not_after": "2026-01-01T00:00:00Z"},
        "endless": {"not_after": "2099-01-01T00:00:00Z"},
    }
    body = {**proposal(Partner(door, "ngo-one")), "keys": [{**entry, **spoilt[spoil]}]}
    answer = await administrator(api).post(PARTNERS, body)
    assert answer.status_code == 422
    assert str(key.as_dict(private=True)["d"]) not in answer.text
    assert problem_of(answer)["code"] in {"key-invalid", "key-life", "invalid-fields"}


async def test_a_client_id_is_taken_once(api: Api, door: Api) -> None:
    await registered(api, door)
    again = await administrator(api).post(PARTNERS, proposal(Partner(door, "ngo-one")))
    assert problem_of(again)["code"] == "client-id-taken"


async def test_keys_change_over_without_a_pause(api: Api, door: Api) -> None:
    partner, admin = await registered(api, door), administrator(api)
    path = f"{PARTNERS}/{partner.id}/keys"
    old, partner.key = partner.key, new_key()
    added = await admin.post(path, {"jwk": jwk_of(partner.key), "not_after": END})
    assert (await partner.ask()).status_code == 401, "nobody approved the key yet"
    assert problem_of(await admin.post(f"{path}/{added.json()['id']}/approval"))["code"] == "second-person-needed"
    assert (await administrator(api, "adm-2").post(f"{path}/{added.json()['id']}/approval")).status_code == 200
    for key in (old, partner.key):
        assert (await partner.ask(partner.assertion({"kid": key.kid}, key))).status_code == 200
    first = (await admin.get(f"{PARTNERS}/{partner.id}")).json()["keys"][0]["id"]
    assert (await admin.post(f"{path}/{first}/revocation")).status_code == 200
    assert (await partner.ask(partner.assertion({"kid": old.kid}, old))).status_code == 401
    assert (await partner.ask()).status_code == 200


async def test_a_key_past_its_end_is_refused(api: Api, door: Api) -> None:
    partner = await registered(api, door)
    await api.database.execute("UPDATE partner_key SET not_after = '2026-11-01+00'")
    assert (await partner.ask()).status_code == 401


async def test_what_was_done_and_refused_is_on_record(api: Api, door: Api) -> None:
    partner = await registered(api, door)
    await partner.ask()
    await partner.ask(partner.assertion(aud="https://gateway.example/oauth/token"))
    records = (await administrator(api).get(f"{PARTNERS}/{partner.id}/records")).json()["items"]
    assert [(row["action"], row["outcome"], row["reason"]) for row in records] == [
        ("token", "REFUSED", "audience"),
        ("token", "DONE", ""),
        ("partner.approved", "DONE", ""),
        ("partner.proposed", "DONE", ""),
    ]
    only = (await administrator(api).get(f"{PARTNERS}/{partner.id}/records?outcome=REFUSED")).json()["items"]
    assert [row["reason"] for row in only] == ["audience"]


@pytest.mark.parametrize("role", ["data_protection_officer", "supervisor", "me_officer", "partner"])
async def test_only_administrators_see_the_register(api: Api, role: str) -> None:
    answer = await api.as_(role, org="PFR").get(PARTNERS)
    assert answer.status_code == 403
