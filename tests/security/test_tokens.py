"""security.md 10.9 against every service and the gateway's door: whatever is wrong with a token, 401 and no more."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from fleet import BEHIND, SERVICES, Deployed, Ground, caller_for
from forgeries import FORGED, Forger
from gateway_scene import make_account, sign_in
from inzira_contracts.policy import policy
from inzira_gateway.token.domain import ACCESS_AUDIENCE, ACCESS_TYP
from inzira_platform.testing.client import Api, principal_of

QUESTIONS = {
    "intake": ("/v1/districts", "rcs_intake_officer"),
    "curriculum": ("/v1/curriculum/programmes", "rcs_psychosocial_officer"),
    "tvet": ("/v1/tvet/trades", "tvet_instructor"),
    "reintegration": ("/v1/reintegration/worklist", "supervisor"),
}


@pytest.fixture(params=BEHIND)
async def deployed(request: pytest.FixtureRequest, ground: Ground) -> AsyncIterator[Deployed]:
    """Each service in turn."""
    async with ground.deployed(request.param) as running:
        yield running


def is_refused(answer: httpx2.Response) -> bool:
    """A 401 that says nothing of why."""
    document = answer.json()
    known = {"type", "title", "status", "detail", "code", "instance", "request_id"}
    return (
        answer.status_code == 401
        and answer.headers["WWW-Authenticate"] == "Bearer"
        and answer.headers["content-type"] == "application/problem+json"
        and document["code"] == "unauthenticated"
        and set(document) <= known
    )


async def statuses(api: Api, path: str, forger: Forger, forged: dict[str, str]) -> dict[str, int]:
    """What each bad token brought that was no proper refusal."""

    async def ask(token: str) -> httpx2.Response:
        return await api.nobody().get(path, headers={"Authorization": f"Bearer {token}".encode("latin-1")})

    assert (await ask(forger.good())).status_code == 200
    answers = {name: await ask(token) for name, token in forged.items()}
    return {name: answer.status_code for name, answer in answers.items() if not is_refused(answer)}


async def test_services_believe_only_their_own_internal_tokens(deployed: Deployed, ground: Ground) -> None:
    """Every forgery, an access token sent straight to the service, and the internal token of each other service."""
    name = deployed.service.name
    path, role = QUESTIONS[name]
    principal = principal_of(role, facility="HUY", org="PFR")
    forger = Forger(ground.keys, ground.clock, f"svc:{name}", principal)
    outer = Forger(ground.keys, ground.clock, ACCESS_AUDIENCE, principal, ACCESS_TYP)
    forged = {flaw: make(forger) for flaw, make in FORGED.items()}
    forged["access token"] = outer.good()
    forged["access token for this audience"] = replace(outer, audience=f"svc:{name}").good()
    for other in SERVICES:
        if other != name:
            forged[f"token for {other}"] = replace(forger, audience=f"svc:{other}").good()
    assert await statuses(deployed.api, path, forger, forged) == {}


async def test_nobody_gets_past_any_operation(deployed: Deployed) -> None:
    """Without a token every operation that is not public answers 401, however broken the rest of the request is."""
    document = deployed.api.app.openapi()
    missed: list[str] = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if policy().is_public(operation["x-permission"]):
                continue
            for scheme in (None, "Basic YTpi", "Bearer", "Bearer  ", "bearer\tx"):
                headers = {"Authorization": scheme} if scheme else {}
                asked = path.replace("{", "").replace("}", "")
                answer = await deployed.api.nobody().request(method.upper(), asked, headers=headers, content=b"{")
                if not is_refused(answer):
                    missed.append(f"{method} {path} {scheme} {answer.status_code}")
    assert missed == []


async def test_a_role_without_the_permission_is_refused(deployed: Deployed, ground: Ground) -> None:
    """Every operation, by every role that lacks its permission: 403 before the body is read."""
    document = deployed.api.app.openapi()
    wrong: list[str] = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            permission = operation["x-permission"]
            if policy().is_public(permission):
                continue
            for role in sorted(set(policy().roles) - policy().roles_for(permission)):
                asked = path.replace("{", "").replace("}", "")
                caller = deployed.api.as_(role, facility="HUY", org="PFR")
                answer = await caller.request(method.upper(), asked, content=b"{")
                if answer.status_code != 403:
                    wrong.append(f"{role}: {method} {path} {answer.status_code}")
    assert wrong == []
    assert caller_for("admission:record").roles == {"rcs_intake_officer"}


async def test_the_door_believes_only_access_tokens_of_living_sessions(ground: Ground) -> None:
    """Every forgery of a real session's token, and internal tokens sent to the door."""
    async with ground.deployed("gateway") as gateway:
        await make_account(gateway.api, "keza", "rcs_intake_officer", facilities=("HUY",))
        tokens = await sign_in(gateway.api, "keza")
        session: dict[str, Any] = {"sid": tokens["session_id"], "ver": 1, "jti": "x"}
        me = await gateway.api.with_token(tokens["access_token"]).get("/v1/me")
        principal = principal_of("rcs_intake_officer", facility="HUY", sub=me.json()["account_id"])
        forger = Forger(ground.keys, ground.clock, ACCESS_AUDIENCE, principal, ACCESS_TYP, session)
        forged = {flaw: make(forger) for flaw, make in FORGED.items()}
        for service in SERVICES:
            inner = replace(forger, audience=f"svc:{service}", typ="int+jwt")
            forged[f"internal token for {service}"] = inner.good()
        forged["internal typ"] = replace(forger, typ="int+jwt").good()
        forged["unknown session"] = forger.token(sid="00000000-0000-7000-8000-000000000000")
        forged["session is no id"] = forger.token(sid="x' OR 1=1")
        forged["epoch before a change"] = forger.token(ver=0)
        forged["epoch in text"] = forger.token(ver="1")
        assert await statuses(gateway.api, "/v1/me", forger, forged) == {}
