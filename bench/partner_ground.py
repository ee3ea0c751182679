"""What the partners' figures stand on: two partners with their grants, and people who agreed to be known to them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
from inzira_cli.road import arriving
from inzira_cli.road.caller import eventually
from inzira_cli.road.cast import ADMINISTRATOR, HUYE_INTAKE, SECOND_ADMINISTRATOR
from inzira_cli.road.days import Days
from inzira_cli.road.drive import new_client
from inzira_cli.road.partner_system import PURPOSE, PartnerSystem
from inzira_cli.road.state import Road
from inzira_gateway.sharing.domain import pairwise_id
from inzira_platform.clock import SystemClock
from joserfc.jwk import ECKey
from people import admission
from stack import BenchStack

DISTRICT = "24"
PERSONS, FEED = "/v1/partner/persons", "/v1/feed"
CLASSES = ["CUSTODY", "SENTENCE", "CURRICULUM", "TRAINING", "REINTEGRATION"]


class Quiet:
    """A road that is told to nobody."""

    def leg(self, title: str) -> None:
        """Nothing."""

    def step(self, text: str) -> None:
        """Nothing."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Nothing."""


@dataclass
class Partnership:
    """A partner as the figures use it: its system, its id here, and the secret its ids are made with."""

    system: PartnerSystem
    id: str
    agency: str
    secret: bytes
    grants: dict[str, str] = field(default_factory=dict)

    async def headers(self) -> dict[str, str]:
        """Headers of a request: a token that holds, and the purpose."""
        return {**await self.system.signed(), "X-Purpose": PURPOSE}

    def pid(self, person: str) -> str:
        """Its own id of a person."""
        return pairwise_id(self.secret, UUID(person))


@dataclass
class Ground:
    """The stack with everybody signed in."""

    stack: BenchStack
    road: Road
    client: aiohttp.ClientSession
    number: int = 0

    async def partner(self, client_id: str, agency: str, quota: int) -> Partnership:
        """One with grants for persons and feed, approved, signed in."""
        key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        not_after = (datetime.now(UTC) + timedelta(days=600)).isoformat()
        public = {name: str(value) for name, value in key.as_dict(private=False).items()}
        body: dict[str, Any] = {
            "client_id": client_id, "name": "Bench partner", "agency": agency, "quota_per_minute": quota,
            "keys": [{"jwk": public, "not_after": not_after}],
        }  # fmt: skip
        made = (await self.road.by(ADMINISTRATOR).post("/v1/admin/partners", body)).body["id"]
        await self.approve(f"/v1/admin/partners/{made}/approval")
        secret = await self.value("SELECT secret FROM partner WHERE client_id = $1", client_id)
        partnership = Partnership(PartnerSystem(self.client, client_id, key), made, agency, secret)
        for route in ("persons", "feed"):
            partnership.grants[route] = await self.grant(partnership, route)
        await partnership.system.sign_in()
        return partnership

    async def grant(self, partner: Partnership, route: str) -> str:
        """An approved grant over one district; its id."""
        today = self.road.days.today
        body = {
            "partner_id": partner.id, "route": route, "row_filter": {"districts": [DISTRICT]},
            "view": "return-support", "view_version": 1, "purposes": [PURPOSE], "basis": "CONSENT",
            "agreement": "bench", "valid_from": today.isoformat(), "valid_to": (today + timedelta(days=90)).isoformat(),
        }  # fmt: skip
        made = str((await self.road.by(ADMINISTRATOR).post("/v1/admin/grants", body)).body["id"])
        await self.approve(f"/v1/admin/grants/{made}/approval")
        return made

    async def approve(self, path: str) -> None:
        """By the second administrator."""
        await self.road.by(SECOND_ADMINISTRATOR).post(path)

    async def people(self, count: int) -> list[str]:
        """Ids of persons admitted anew who return to the partners' district; nobody agreed to anything yet."""

        async def admit(number: int) -> str:
            body = admission(number)
            body["person"]["return_district"] = DISTRICT
            return str((await self.road.by(HUYE_INTAKE).post("/v1/admissions", body)).body["person_id"])

        first, self.number = self.number, self.number + count
        return await self.road.together(admit(number) for number in range(first, first + count))

    async def agree(self, person: str, agency: str) -> str:
        """A consent by word of mouth; its id."""
        body = {
            "purpose": PURPOSE, "recipient": agency, "data_classes": CLASSES,
            "agreement_code": "SHARE-REINTEGRATION", "agreement_version": 1, "language": "rw", "method": "ORAL",
            "witness": {"role": "CHAPLAIN", "full_name": "Invented Chaplain"},
            "valid_to": (datetime.now(UTC) + timedelta(days=90)).isoformat(),
        }  # fmt: skip
        return str((await self.road.by(HUYE_INTAKE).post(f"/v1/persons/{person}/consents", body)).body["id"])

    async def heard_of(self, people: list[str]) -> None:
        """Wait until the read model knows all of them."""

        async def look() -> bool | None:
            known = await self.value("SELECT count(*) FROM person_head WHERE person_id = ANY($1::uuid[])", people)
            return known >= len(people) or None

        await eventually(look, "the read model knows everybody")

    async def value(self, query: str, *arguments: object) -> Any:  # noqa: ANN401 - one column of any type
        """One value of the gateway's database."""
        connection = await asyncpg.connect(self.stack.admin_dsn("gateway"))
        try:
            return await connection.fetchval(query, *arguments)
        finally:
            await connection.close()

    def gateway_cpu(self) -> float:
        """Seconds of CPU the gateway's api process has used, by the operating system's count."""
        found = [file.parent for file in Path("/proc").glob("[0-9]*/cmdline") if _is_gateway(file, self.stack.folder)]
        fields = (found[0] / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100


def _is_gateway(file: Path, folder: Path) -> bool:
    """Whether a process is the api of this stack's gateway."""
    try:
        words = file.read_bytes().split(b"\0")
        environment = (file.parent / "environ").read_bytes()
    except OSError:
        return False
    return b"inzira_gateway" in words and b"api" in words and str(folder).encode() in environment


@asynccontextmanager
async def settled(stack: BenchStack) -> AsyncIterator[Ground]:
    """Accounts made and signed in."""
    days = Days(SystemClock().today())
    async with new_client(stack.gateway) as client:
        road = Road(stack.gateway, stack.folder, Path("none"), days, [], Quiet())
        await arriving.walk(road, client)
        yield Ground(stack, road, client)


async def get(client: aiohttp.ClientSession, path: str, headers: dict[str, str], **query: str | int) -> int:
    """Status of a GET, its body read."""
    async with client.get(path, headers=headers, params=query) as response:
        await response.read()
        return response.status


async def flooding(gateway: str, headers: dict[str, str], seconds: float, clients: int) -> dict[int, int]:
    """Ask as often as can be, `clients` at once; how often each status came."""
    counts: dict[int, int] = {}
    end = asyncio.get_running_loop().time() + seconds

    async def one(client: aiohttp.ClientSession) -> None:
        while asyncio.get_running_loop().time() < end:
            status = await get(client, PERSONS, headers, limit=50)
            counts[status] = counts.get(status, 0) + 1

    async with new_client(gateway) as client:
        await asyncio.gather(*[one(client) for _ in range(clients)])
    return counts


def flood(gateway: str, headers: str, seconds: float, clients: int) -> None:
    """`flooding` in a process of its own; prints the counts."""
    print(json.dumps(asyncio.run(flooding(gateway, json.loads(headers), seconds, clients))))
