"""The gateway listening on the loopback, all four services behind it, and somebody of each role signed in."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fleet import BEHIND, Deployed, Ground
from gateway_scene import PASSWORD, make_account, sign_in
from inzira_platform.app import build_app
from inzira_platform.testing.client import Caller
from listening import listening
from partner_scene import Partner, new_key, proposal
from seeds import known_values, seed
from staff import accounts_of


@dataclass(frozen=True)
class Front:
    """Where it listens, its document, a token of each role but the services' own, and what there is to ask about."""

    url: str
    document: dict[str, Any]
    tokens: Mapping[str, str]
    known: dict[str, list[str]]


@asynccontextmanager
async def listening_front(ground: Ground) -> AsyncIterator[Front]:
    """Everything of one deployment, in this process, on databases of its own."""
    async with AsyncExitStack() as stack:
        fleet: dict[str, Deployed] = {}
        upstreams: dict[str, Any] = {}
        for name in BEHIND:
            fleet[name] = await stack.enter_async_context(ground.deployed(name))
            await seed(fleet[name])
            app = build_app(fleet[name].service, fleet[name].settings, ground.clock)
            upstreams[f"upstream_{name}"] = stack.enter_context(listening(app)).url
        gateway = await stack.enter_async_context(ground.deployed("gateway", rate_factor=1000, **upstreams))
        await seed(gateway)
        known = await _known(gateway, *fleet.values())
        names = await accounts_of(gateway)
        tokens = {role: (await sign_in(gateway.api, user, PASSWORD))["access_token"] for role, user in names.items()}
        tokens["partner"] = await _partner(gateway, gateway.api.with_token(tokens["administrator"]))
        document = (await gateway.api.nobody().get("/v1/openapi.json")).json()
        server = stack.enter_context(listening(build_app(gateway.service, gateway.settings, ground.clock)))
        yield Front(server.url, document, tokens, known)


async def _partner(gateway: Deployed, administrator: Caller) -> str:
    """The token of a partner that two administrators let in."""
    partner = Partner(gateway.api, "ngo-one", key=new_key())
    made = await administrator.post("/v1/admin/partners", proposal(partner))
    assert made.status_code == 201, made.text
    await make_account(gateway.api, "administrator-two", "administrator")
    second = gateway.api.with_token((await sign_in(gateway.api, "administrator-two", PASSWORD))["access_token"])
    approved = await second.post(f"/v1/admin/partners/{made.json()['id']}/approval")
    assert approved.status_code == 200, approved.text
    return str((await partner.ask()).json()["access_token"])


async def _known(gateway: Deployed, *services: Deployed) -> dict[str, list[str]]:
    """Ids of everything, and of accounts nobody of this run uses."""
    found: dict[str, list[str]] = {}
    for deployed in (gateway, *services):
        for name, values in (await known_values(deployed)).items():
            found.setdefault(name, []).extend(values)
    return found
