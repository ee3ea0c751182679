"""`inzira demo`: the whole road on the running stack, as its users would walk it; leaves everything running."""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer
from inzira_platform.clock import SystemClock

from inzira_cli.operator import gateway_address
from inzira_cli.options import DEFAULT_DATA, DataOption, console, problems
from inzira_cli.register import KNOWN_ACCOUNTS
from inzira_cli.road import telling
from inzira_cli.road.credentials import passwords
from inzira_cli.road.days import Days
from inzira_cli.road.drive import drive, new_client
from inzira_cli.road.errors import RoadError
from inzira_cli.road.people import invent
from inzira_cli.road.state import Road
from inzira_cli.run_folder import RunFolder

DEFAULT_REGISTER = Path("examples/register-huye.xlsx")


def demo(
    register: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, readable=True, help="The register to import (.xlsx).")
    ] = DEFAULT_REGISTER,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Drive a new group of invented people down the whole road over the gateway, then show where everybody stands."""
    show = telling.ConsoleReporter(console)
    days = Days(SystemClock().today())
    travellers = invent(days, seed=int(time.time()))
    road = Road(gateway_address(None, data), data, register, days, travellers, show)
    try:
        asyncio.run(_walk(road))
    except RoadError as stop:
        show.stop()
        problems.print(f"The road stopped here.\n{stop}", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    _farewell(road)


async def _walk(road: Road) -> None:
    async with new_client(road.address) as client:
        await drive(road, client)
        console.print("\n[bold]Where everybody stands[/bold] (as me.officer sees it)", await telling.stage_table(road))
        found = await telling.journey(road)
        name = found["name"]["full_name"] if found["name"] else "(no name: intake does not answer)"
        console.print(f"\n[bold]One journey[/bold]: {name} (as dide.supervisor reads it)")
        console.print(telling.journey_table(found))


def _farewell(road: Road) -> None:
    secrets = RunFolder.at(road.data).secrets
    console.print(
        "\n[bold]Accounts[/bold] (invented; their passwords are in", f"{secrets / KNOWN_ACCOUNTS})", soft_wrap=True
    )
    console.print(telling.accounts_table(passwords(secrets)))
    console.print("", telling.seconds_table(road))
    console.print(
        f"\nEverything is running. Sign in at {road.address}; the interface is described at {road.address}/docs"
    )
    console.print("Stop it with `make down`; `make demo` again drives another group.")
