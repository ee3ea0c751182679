"""A partner whose tokens are bound to a client certificate, over real TLS, through the real edge."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx2
import pytest
from inzira_platform.ids import new_id
from papers import Paper, Papers
from partner_scene import END, FOR_RETURN, FORM, KIND, Partner, administrator, fresh, granted, proposal
from premises import Site

pytestmark = pytest.mark.real_nginx
LIST = "/v1/partner/persons"


async def registered(site: Site, paper: Paper, client_id: str = "ngo-one") -> Partner:
    """A partner that must show this certificate, with a grant."""
    partner = site.partner(client_id)
    wanted = proposal(partner, requires_certificate=True)
    wanted["keys"].append({"x5t_s256": paper.thumbprint, "not_after": END})
    made = await administrator(site.api).post("/v1/admin/partners", wanted)
    assert made.status_code == 201, made.text
    partner = replace(partner, id=UUID(made.json()["id"]))
    approved = await administrator(site.api, "adm-2").post(f"/v1/admin/partners/{partner.id}/approval")
    assert approved.status_code == 200, approved.text
    await granted(site.api, partner)
    await fresh(site.api)
    return partner


async def ask_token(client: httpx2.AsyncClient, partner: Partner, **headers: str) -> httpx2.Response:
    form = {"grant_type": "client_credentials", "client_assertion_type": KIND, "client_assertion": partner.assertion()}
    return await client.post(
        "/oauth/token", content=str(httpx2.QueryParams(form)).encode(), headers={**FORM, **headers}
    )


async def listed(client: httpx2.AsyncClient, token: str, **headers: str) -> int:
    answer = await client.get(LIST, headers={"Authorization": f"Bearer {token}", **FOR_RETURN, **headers})
    return answer.status_code


async def test_with_its_certificate_a_partner_gets_a_token_and_reads(site: Site, shown: Paper) -> None:
    partner = await registered(site, shown)
    async with site.edge.client(shown) as client:
        answer = await ask_token(client, partner)
        assert answer.status_code == 200, answer.text
        assert await listed(client, answer.json()["access_token"]) == 200


@pytest.mark.parametrize("forged", [False, True], ids=["silent", "forged"])
@pytest.mark.parametrize("comes_with", ["nothing", "another"])
async def test_without_it_there_is_no_token_and_a_token_is_of_no_use(
    site: Site, papers: Papers, shown: Paper, comes_with: str, forged: bool
) -> None:
    partner = await registered(site, shown)
    async with site.edge.client(shown) as client:
        token = (await ask_token(client, partner)).json()["access_token"]
    claim: dict[str, Any] = {"Client-Cert": shown.as_header} if forged else {}
    if forged:
        claim["X-Gateway-Certificate"] = shown.thumbprint
    other = papers.made("another") if comes_with == "another" else None
    async with site.edge.client(other) as client:
        refused = await ask_token(client, partner, **claim)
        assert (refused.status_code, refused.json()["code"]) == (401, "invalid-client")
        assert await listed(client, token, **claim) == 401
    reasons = await site.api.database.rows("SELECT reason FROM partner_record WHERE outcome = 'REFUSED' ORDER BY id")
    assert reasons[0]["reason"] == ("certificate" if other else "certificate-missing")


async def test_whoever_reaches_the_gateway_past_the_edge_is_not_believed(site: Site, shown: Paper) -> None:
    partner = await registered(site, shown)
    async with site.edge.client(shown) as client:
        token = (await ask_token(client, partner)).json()["access_token"]
    elsewhere = httpx2.AsyncHTTPTransport(local_address="127.0.0.2")
    claim = {"Client-Cert": shown.as_header, "X-Gateway-Certificate": shown.thumbprint}
    async with httpx2.AsyncClient(base_url=site.gateway, transport=elsewhere) as client:
        assert (await ask_token(client, partner, **claim)).status_code == 401
        assert await listed(client, token, **claim) == 401


async def test_a_certificate_of_one_partner_is_no_good_for_another(site: Site, papers: Papers, shown: Paper) -> None:
    first = await registered(site, shown)
    theirs = papers.made("ngo-two")
    second = await registered(site, theirs, "ngo-two")
    async with site.edge.client(shown) as client:
        token = (await ask_token(client, first)).json()["access_token"]
        assert (await ask_token(client, second)).status_code == 401
    async with site.edge.client(theirs) as client:
        assert (await ask_token(client, second)).status_code == 200
        assert await listed(client, token) == 401


async def test_a_revoked_certificate_ends_with_its_key(site: Site, shown: Paper) -> None:
    partner = await registered(site, shown)
    keys = (await administrator(site.api).get(f"/v1/admin/partners/{partner.id}")).json()["keys"]
    [key] = [key["id"] for key in keys if key["kind"] == "X5T"]
    revoked = await administrator(site.api).post(f"/v1/admin/partners/{partner.id}/keys/{key}/revocation")
    assert revoked.status_code == 200, revoked.text
    async with site.edge.client(shown) as client:
        assert (await ask_token(client, partner)).status_code == 401


async def test_a_partner_without_one_needs_none_and_a_sign_in_passes(site: Site, shown: Paper) -> None:
    partner = site.partner("ngo-plain")
    made = await administrator(site.api).post("/v1/admin/partners", proposal(partner))
    partner = replace(partner, id=UUID(made.json()["id"]))
    await administrator(site.api, "adm-2").post(f"/v1/admin/partners/{partner.id}/approval")
    async with site.edge.client() as client:
        assert (await ask_token(client, partner)).status_code == 200
        signed = await client.post("/v1/sessions", json={"username": "nobody", "password": f"wrong {new_id()}"})
        assert (signed.status_code, signed.headers["content-type"]) == (401, "application/problem+json")
        assert (await client.get("/.well-known/jwks.json")).status_code == 200
