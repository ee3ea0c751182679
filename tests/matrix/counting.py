"""The gateway with a crowd, a release of figures and everybody who may read them, or may not."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx2
from fleet import GATEWAY, Deployed, Ground
from inzira_gateway.main import share
from inzira_gateway.sharing.domain import pairwise_id
from inzira_platform.clock import FixedClock
from inzira_platform.testing.client import Api, Caller
from partner_scene import FOR_RETURN
from seed_figures import Crowd, Place, seed_crowd
from statistics_scene import FOR_FIGURES, STATS, release, whole

PERSONS = "/v1/partner/persons"


@dataclass
class Counting:
    """Asks as partners do; `inside` is the gateway without its door, for administrators."""

    gateway: Deployed
    inside: Api
    crowd: Crowd
    clock: FixedClock
    secrets: Mapping[str, bytes]
    cells: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    @asynccontextmanager
    async def begun(cls, ground: Ground) -> "AsyncIterator[Counting]":
        """Everybody of the figures in `policy/partners.yaml`, and this month's release."""
        assert isinstance(ground.clock, FixedClock)
        service = replace(GATEWAY, extend=share)
        async with ground.deployed("gateway", rate_factor=1000) as gateway:
            running = Api.running(service, gateway.settings, gateway.database, ground.keys, ground.clock)
            async with running as inside:
                await whole(inside)
                crowd = await seed_crowd(inside, gateway.api, gateway.deliveries)
                rows = await gateway.database.rows("SELECT client_id, secret FROM partner")
                secrets = {row["client_id"].replace("-", "_"): bytes(row["secret"]) for row in rows}
                await release(inside)
                yield cls(gateway, inside, crowd, ground.clock, secrets)

    def pid(self, partner: str, person: UUID) -> str:
        """The partner's id of a person, whether it was ever told it or not."""
        return pairwise_id(self.secrets[partner], person)

    async def ask(self, partner: str, path: str, purpose: Mapping[str, str] = FOR_FIGURES) -> httpx2.Response:
        self.cells[partner, path] += 1
        return await self.crowd.callers[partner].get(path, headers=dict(purpose))

    async def numbers(self, partner: str, cube: str) -> dict[Place, int]:
        """Numbers by stage and value."""
        return {place: row["persons"] for place, row in (await self.rows(partner, cube)).items()}

    async def rows(self, partner: str, cube: str) -> dict[Place, dict[str, Any]]:
        """Everything that is said of a number, by stage and value."""
        answer = await self.ask(partner, f"{STATS}/{cube}")
        assert answer.status_code == 200, answer.text
        document = answer.json()
        stage, dimension = document["dimensions"]
        return {(row.get(stage), row.get(dimension)): row for row in document["numbers"]}

    async def listed(self, partner: str) -> dict[str, dict[str, Any]]:
        """Items of the partner's list, by id."""
        answer = await self.ask(partner, f"{PERSONS}?limit=200", FOR_RETURN)
        assert answer.status_code == 200, answer.text
        return {item["id"]: item for item in answer.json()["items"]}

    async def told(self, partner: str, cursor: str = "") -> tuple[list[dict[str, Any]], str]:
        """Items of the partner's feed behind a cursor, and where to go on."""
        behind = f"&cursor={cursor}" if cursor else ""
        answer = await self.ask(partner, f"/v1/feed?limit=200{behind}", FOR_RETURN)
        assert answer.status_code == 200, answer.text
        return answer.json(), answer.headers["next-cursor"]

    async def found(self, partner: str, persons: list[UUID]) -> set[str]:
        """Those of these people who are there when they are asked for one by one."""
        there = set()
        for person in persons:
            pid = self.pid(partner, person)
            answer = await self.ask(partner, f"{PERSONS}/{pid}", FOR_RETURN)
            assert answer.status_code in (200, 404), answer.text
            there |= {pid} if answer.status_code == 200 else set()
        return there

    async def on(self, day: datetime, *partners: str) -> tuple[Caller, ...]:
        """The release of another month; these partners sign in again."""
        self.clock.set(day)
        await release(self.inside)
        for name in partners:
            self.crowd.callers[name] = await self.crowd.partners[name].sign_in()
        return tuple(self.crowd.callers[name] for name in partners)
