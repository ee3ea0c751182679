"""The gateway answers as its document says, with all four services listening behind it."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from contract import hold_to_contract
from fleet import BEHIND, Deployed, Ground, caller_for
from gateway_scene import PASSWORD, sign_in
from inzira_platform.app import build_app
from listening import listening
from openapi_runs import told
from seeds import known_values, seed
from staff import accounts_of

USED_UP = {("DELETE", "/v1/sessions/current")}
"""Operations that end what the run itself needs; their own tests ask them."""


async def test_the_gateway_keeps_its_contract(ground: Ground) -> None:
    """Its own routes in full, the passed-through ones in a sample: no 5xx, nothing undocumented, nothing echoed."""
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
        document = (await gateway.api.nobody().get("/v1/openapi.json")).json()

        def token_of(permission: str) -> str | None:
            return tokens.get(next(iter(caller_for(permission).roles)))

        front = stack.enter_context(listening(build_app(gateway.service, gateway.settings, ground.clock)))
        own, passed = _split(document)
        for part, examples, phases in ((own, 10, None), (passed, 4, ("examples", "fuzzing"))):
            findings = await asyncio.to_thread(
                hold_to_contract, front.url, part, token_of, known, examples=examples, phases=phases
            )
            told("gateway", findings)


async def _known(gateway: Deployed, *services: Deployed) -> dict[str, list[str]]:
    """Ids of everything, and of accounts nobody of this run uses."""
    found: dict[str, list[str]] = {}
    for deployed in (gateway, *services):
        for name, values in (await known_values(deployed)).items():
            found.setdefault(name, []).extend(values)
    return found


def _split(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The gateway's own operations, and those of the services."""
    parts: list[dict[str, Any]] = []
    for is_own in (True, False):
        paths = {
            path: {
                method: operation
                for method, operation in item.items()
                if (operation["x-service"] == "gateway") == is_own and (method.upper(), path) not in USED_UP
            }
            for path, item in document["paths"].items()
        }
        parts.append({**document, "paths": {path: item for path, item in paths.items() if item}})
    return parts[0], parts[1]
