"""The operations of a partner's webhooks, held to their document by a partner's own token."""

import asyncio
from typing import Any

from contract import hold_to_contract
from fleet import Ground
from inzira_platform.app import build_app
from inzira_platform.testing.client import principal_of
from listening import listening
from openapi_runs import told
from partner_scene import fresh, granted, registered
from webhook_scene import Names, deliveries_of, woken_at

WEBHOOKS = "/v1/webhooks"
PUBLIC = "8.8.8.8"


async def test_webhooks_keep_their_contract(ground: Ground) -> None:
    """No 5xx, nothing undocumented, nothing echoed; no name is asked of a resolver outside, and nothing is sent."""
    async with ground.deployed("gateway", door=False) as inside:
        partner = await registered(inside.api, inside.api)
        await granted(inside.api, partner, route="feed")
        await fresh(inside.api)
        app = build_app(inside.service, inside.settings, ground.clock)
        document = inside.api.app.openapi()
        paths: dict[str, Any] = {path: item for path, item in document["paths"].items() if path.startswith(WEBHOOKS)}
        assert len(paths) == 7
        with listening(app) as server:
            app.state.webhook_resolver = inside.api.app.state.webhook_resolver = Names([[PUBLIC]])
            caller = inside.api.as_("partner", sub=partner.client_id)
            made = [await woken_at(caller, "https://hooks.partner.example/") for _ in range(3)]
            assert await deliveries_of(caller, made[0]) == []
            token = ground.keys.token(principal_of("partner", sub=partner.client_id), "gateway", ground.clock)
            findings = await asyncio.to_thread(
                hold_to_contract, server.url, {**document, "paths": paths}, lambda _: token, {"endpoint_id": made},
                examples=15,
            )  # fmt: skip
    told("webhooks", findings)
    assert f"GET {WEBHOOKS}/{{endpoint_id}}" in findings.succeeded()
