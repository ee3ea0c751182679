"""Accounts for the principals of the matrix, and partners in every state an administrator may find them in."""

from dataclasses import replace
from typing import Any

import httpx2
from cells import NOBODY, matrix
from fleet import GATEWAY, Deployed, Ground
from gateway_scene import PASSWORD, make_account, sign_in
from inzira_gateway.main import share
from inzira_gateway.sharing.domain import pairwise_id
from inzira_gateway.token.domain import Caller as Signed
from inzira_gateway.webhook.address import Reach
from inzira_platform.auth import Principal
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from partner_scene import (
    END,
    Partner,
    administrator,
    consent,
    grant_terms,
    granted,
    jwk_of,
    new_key,
    proposal,
    registered,
)
from webhook_scene import Names, woken_at
from world import World

WITHOUT_ACCOUNT = frozenset({"intake_unposted", "unplaced_supervisor", "system", "roleless"})
"""No account can be like that: their tokens are made with the gateway's own key."""


class Reception:
    """Signs the principals in, once each."""

    def __init__(self, gateway: Deployed) -> None:
        self.gateway = gateway
        self.callers: dict[str, Caller] = {NOBODY: gateway.api.nobody()}

    async def sign_everybody_in(self) -> None:
        for name, who in matrix().principals.items():
            if name not in WITHOUT_ACCOUNT | {NOBODY, "partner"}:
                await self._sign_in(name, who.role or "", who.principal)
        for name in WITHOUT_ACCOUNT:
            await self._mint(name, matrix().principals[name].principal)

    async def _sign_in(self, name: str, role: str, principal: Principal) -> None:
        user = name.replace("_", "-")
        account = await make_account(
            self.gateway.api, user, role, agency=principal.agency or "RCS", org=principal.org,
            facilities=principal.facilities,
        )  # fmt: skip
        if principal.scope_kind == "caseload":  # a caseload is of an account: the one the rule set and the story name
            await self.gateway.database.execute("UPDATE account SET id = $1 WHERE id = $2", principal.sub, account)
        token = (await sign_in(self.gateway.api, user))["access_token"]
        self.callers[name] = self.gateway.api.with_token(token)

    async def _mint(self, name: str, principal: Principal) -> None:
        """In a session of its own, with another role or reach than its account has."""
        user = f"spare-{name.replace('_', '-')}"
        account = await make_account(self.gateway.api, user, "rcs_intake_officer", facilities=("RUB",))
        await sign_in(self.gateway.api, user)
        session = await self.gateway.database.value("SELECT id FROM session WHERE account_id = $1", account)
        signed = Signed(replace(principal, sub=account), str(session), 1)
        issuer = self.gateway.api.app.state.issuer
        self.callers[name] = self.gateway.api.with_token(
            issuer.access(signed, self.gateway.api.clock.now(), str(new_id()))
        )


async def seed_partners(ground: Ground, gateway: Deployed, world: World) -> Caller:
    """Partners, keys and grants in every state; the caller of the one in force."""
    inside = replace(GATEWAY, extend=share)
    async with Api.running(inside, gateway.settings, gateway.database, ground.keys, ground.clock) as api:
        active = await registered(api, gateway.api, "ngo-one")
        world.put("partner", "-", active.id)
        await granted(api, active)
        await granted(api, active, route="feed")
        suspended = await registered(api, gateway.api, "ngo-two")
        done(await administrator(api).post(f"/v1/admin/partners/{suspended.id}/suspension"))
        world.put("suspended_partner", "-", suspended.id)
        waiting = done(
            await administrator(api).post("/v1/admin/partners", proposal(replace(active, client_id="ngo-3")))
        )
        world.put("proposed_partner", "-", waiting["id"])
        key = {"jwk": jwk_of(new_key()), "not_after": END}
        made = done(await administrator(api).post(f"/v1/admin/partners/{active.id}/keys", key))
        world.put("key", "-", made["id"])
        terms = done(await administrator(api).post("/v1/admin/grants", grant_terms(active)))
        world.put("grant", "-", terms["id"])
        other = await registered(api, gateway.api, "ngo-four", agency="NGO-2")
        await granted(api, other, route="feed")
        await _webhooks(gateway, world, {"own": active, "others": other})
        path = f"/v1/admin/webhooks/{world.objects['endpoint']['others']}/suspension"
        done(await administrator(api).post(path))
    await gateway.deliveries.send(consent(world.ids["carried"]))
    secret = await gateway.database.value("SELECT secret FROM partner WHERE client_id = 'ngo-one'")
    world.put("pairwise", "-", pairwise_id(bytes(secret), world.ids["carried"]))
    account = await make_account(gateway.api, "spare", "rcs_intake_officer", facilities=("RUB",))
    world.put("account", "-", account)
    return await active.sign_in()


async def _webhooks(gateway: Deployed, world: World, partners: dict[str, Partner]) -> None:
    """An endpoint of each; names resolve to a public address, and nothing is ever sent there."""
    state = gateway.api.app.state
    state.webhook_reach, state.webhook_resolver = Reach(frozenset({443})), Names([["8.8.8.8"]])
    for name, partner in partners.items():
        world.put("endpoint", name, await woken_at(await partner.sign_in(), f"https://hooks.{name}.example/"))


def done(answer: httpx2.Response) -> dict[str, Any]:
    """The body of a write that succeeded."""
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


__all__ = ["PASSWORD", "Reception", "seed_partners"]
