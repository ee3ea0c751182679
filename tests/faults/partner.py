"""A partner's system that follows the feed from a cursor it keeps, and now and then forgets its last batch."""

import asyncio
import json
import time
import uuid
from datetime import timedelta
from typing import Any

import aiohttp
from campaign_world import DISTRICTS
from inzira_cli.road.caller import Caller
from inzira_cli.road.cast import ADMINISTRATOR, SECOND_ADMINISTRATOR
from joserfc import jwt
from joserfc.jwk import ECKey
from workload import Workload, passwords

CLIENT = "campaign-partner"
PURPOSE = "reintegration_support"
FORGETS = 0.03


class Partner:
    """Registers itself before the campaign, follows during it, and catches up after it."""

    def __init__(self, workload: Workload) -> None:
        self._load = workload
        self._key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        self._token, self._until = "", 0.0
        self._cursor: str | None = None

    async def register(self, address: str) -> None:
        """Proposed by one administrator, approved by another; so is the grant."""
        secrets = passwords(self._load._run)
        async with aiohttp.ClientSession(address) as session:
            one, two = [
                await Caller(session, officer.username, secrets[officer.username]).sign_in()
                for officer in (ADMINISTRATOR, SECOND_ADMINISTRATOR)
            ]
            jwk = {name: str(value) for name, value in self._key.as_dict(private=False).items()}
            key = {"jwk": jwk, "not_after": f"{self._load.world.today + timedelta(days=300)}T00:00:00Z"}
            proposal = {"client_id": CLIENT, "name": "A campaign's partner", "agency": "NGO-1", "keys": [key]}
            made = await one.post("/v1/admin/partners", {**proposal, "quota_per_minute": 100_000})
            await two.post(f"/v1/admin/partners/{made.body['id']}/approval")
            grant = await one.post("/v1/admin/grants", self._terms(made.body["id"]))
            await two.post(f"/v1/admin/grants/{grant.body['id']}/approval")

    def _terms(self, partner_id: str) -> dict[str, Any]:
        today = self._load.world.today
        return {
            "partner_id": partner_id, "route": "feed", "row_filter": {"districts": list(DISTRICTS)},
            "view": "return-support", "view_version": 1, "purposes": [PURPOSE], "basis": "LEGAL_DUTY",
            "basis_code": "CAMPAIGN", "agreement": "DPA-CAMPAIGN",
            "valid_from": str(today - timedelta(days=1)), "valid_to": str(today + timedelta(days=300)),
        }  # fmt: skip

    async def follow(self) -> None:
        """Until the workload stops."""
        while not self._load.stopping.is_set():
            await self._poll(wait=5)

    async def catch_up(self, seconds: float = 60) -> None:
        """Until two looks in a row find nothing new."""
        end, empty = time.monotonic() + seconds, 0
        while empty < 2 and time.monotonic() < end:
            told = await self._poll(wait=1)
            empty = empty + 1 if told == 0 else 0

    async def _poll(self, wait: int) -> int | None:
        """How many items came; None when there was no answer."""
        try:
            items, cursor = await self._ask(wait)
        except (aiohttp.ClientError, OSError, TimeoutError, PermissionError):
            await asyncio.sleep(0.5)
            return None
        self._load.history.note("feed", after=self._cursor, items=[_kept(item) for item in items])
        if self._load.dice.random() >= FORGETS:
            self._cursor = cursor
        return len(items)

    async def _ask(self, wait: int) -> tuple[list[dict[str, Any]], str]:
        session = self._load.door.session
        headers = {"Authorization": f"Bearer {await self._sign_in()}", "X-Purpose": PURPOSE}
        query = {"timeout": str(wait), "limit": "100"} | ({"cursor": self._cursor} if self._cursor else {})
        limit = aiohttp.ClientTimeout(total=wait + 10)
        async with session.get("/v1/feed", params=query, headers=headers, timeout=limit) as response:
            if response.status == 410:  # a backup was restored: no position from before is given out again
                self._cursor = None
            if response.status != 200:
                self._until = 0.0 if response.status == 401 else self._until
                raise PermissionError(str(response.status))
            return json.loads(await response.read()), response.headers["Next-Cursor"]

    async def _sign_in(self) -> str:
        if time.monotonic() < self._until:
            return self._token
        now = int(time.time())
        claims = {
            "iss": CLIENT,
            "sub": CLIENT,
            "aud": "rw-gateway",
            "jti": str(uuid.uuid4()),
            "iat": now,
            "exp": now + 60,
        }
        assertion = jwt.encode({"alg": "ES256", "typ": "JWT", "kid": self._key.kid}, claims, self._key)
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion,
        }
        limit = aiohttp.ClientTimeout(total=10)
        async with self._load.door.session.post("/oauth/token", data=form, timeout=limit) as response:
            if response.status != 200:
                raise PermissionError(str(response.status))
            body = await response.json()
        self._token, self._until = body["access_token"], time.monotonic() + body["expires_in"] - 30
        return self._token


def _kept(item: dict[str, Any]) -> dict[str, Any]:
    """What the checker needs of an item."""
    return {"id": item["id"], "type": item["type"], "pid": item["subject"], "data": item["data"]}
