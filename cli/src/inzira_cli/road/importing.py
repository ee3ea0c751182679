"""Leg: a facility's register, kept by hand, becomes people the services know."""

import asyncio

from inzira_cli.road.caller import PATIENCE_SECONDS, Caller
from inzira_cli.road.cast import REGISTRY
from inzira_cli.road.errors import RoadError
from inzira_cli.road.state import Road

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OUTCOMES = ("admitted", "duplicate", "review", "rejected")


async def walk(road: Road) -> None:
    """Send the register and follow it to its end. Raises RoadError when it could not be read."""
    officer = road.by(REGISTRY)
    content = road.register.read_bytes()
    sent = (await officer.send_file("/v1/imports", content, XLSX)).body
    counts = await _follow(road, officer, f"/v1/imports/{sent['id']}/progress")
    if counts.get("state") != "DONE":
        raise RoadError(f"The import of {road.register.name} ended {counts.get('state', 'without a word')}.")
    road.counts.update({name: counts[name] for name in OUTCOMES}, again=sent["again"], import_id=sent["id"])
    told = ", ".join(f"{counts[name]} {name}" for name in OUTCOMES)
    again = " (the same file as before: nothing changed)" if sent["again"] else ""
    road.show.step(f"{road.register.name}: {told}{again}")


async def _follow(road: Road, officer: Caller, path: str) -> dict[str, int | str]:
    """The last counts told. Raises RoadError when nothing is told for long."""
    counts: dict[str, int | str] = {}
    now = asyncio.get_running_loop().time
    try:
        async with asyncio.timeout(PATIENCE_SECONDS) as patience:
            async for counts in officer.events(path):
                road.show.progress(f"rows of {road.register.name}", int(counts["done"]), int(counts["total"]))
                patience.reschedule(now() + PATIENCE_SECONDS)
    except TimeoutError:
        raise RoadError(
            f"The import of {road.register.name} does not go on. See `inzira logs intake-worker`."
        ) from None
    return counts
