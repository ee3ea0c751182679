"""Leg: the accounts. The administrators by the gateway's own command, everybody else by an administrator."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from inzira_cli.road.caller import Caller
from inzira_cli.road.cast import (
    ADMINISTRATOR,
    BOOTSTRAPPED,
    BY_ADMINISTRATOR,
    CAST,
    SECOND_ADMINISTRATOR,
    Officer,
)
from inzira_cli.road.credentials import bootstrap, partner_key, passwords
from inzira_cli.road.errors import RoadError
from inzira_cli.road.partner_system import PartnerSystem
from inzira_cli.road.partnering import CLIENT_ID
from inzira_cli.road.state import Road
from inzira_cli.run_folder import RunFolder


async def walk(road: Road, client: aiohttp.ClientSession) -> None:
    """Make the accounts that are not there yet, and sign everybody in. Raises RoadError."""
    secret = passwords(RunFolder.at(road.data).secrets)
    first = (_administrator(client, officer, secret[officer.username], road.data) for officer in BOOTSTRAPPED)
    for caller in await road.together(first):
        road.callers[caller.username] = caller
    administrator = road.by(ADMINISTRATOR)
    known = {item["username"]: item for item in await _accounts(administrator)}
    missing = [officer for officer in BY_ADMINISTRATOR if officer.username not in known]
    await road.together(_make(road, officer, secret[officer.username]) for officer in missing)
    others = [officer for officer in CAST if officer.username not in road.callers]
    for caller in await road.together(_enter(client, one, secret[one.username]) for one in others):
        road.callers[caller.username] = caller
    road.partner = PartnerSystem(client, CLIENT_ID, partner_key(RunFolder.at(road.data).secrets))
    road.show.step(f"{len(CAST)} officers signed in, {len(missing)} of their accounts new")


async def _administrator(client: aiohttp.ClientSession, officer: Officer, password: str, data: Path) -> Caller:
    """Let in, or made and let in."""
    try:
        return await _enter(client, officer, password)
    except RoadError:
        await asyncio.to_thread(bootstrap, officer, password, data)
        return await _enter(client, officer, password)


async def _enter(client: aiohttp.ClientSession, officer: Officer, password: str) -> Caller:
    return await Caller(client, officer.username, password).sign_in()


async def _make(road: Road, officer: Officer, password: str) -> None:
    made = await road.by(ADMINISTRATOR).post("/v1/accounts", officer.as_account(password))
    if made.body["state"] == "PENDING":
        path = f"/v1/accounts/{made.body['id']}"
        await road.by(SECOND_ADMINISTRATOR).patch(path, {"state": "ACTIVE"}, made.body["version"])


async def _accounts(administrator: Caller) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    query: dict[str, str | int] = {"limit": 200}
    while True:
        page = (await administrator.get("/v1/accounts", "", **query)).body
        found += page["items"]
        if not page.get("next_cursor"):
            return found
        query["cursor"] = page["next_cursor"]
