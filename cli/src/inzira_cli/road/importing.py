"""Leg: a facility's register, kept by hand, becomes people the services know."""

from inzira_cli.road.cast import HUYE_INTAKE
from inzira_cli.road.errors import RoadError
from inzira_cli.road.state import Road

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OUTCOMES = ("admitted", "duplicate", "review", "rejected")


async def walk(road: Road) -> None:
    """Send the register and follow it to its end. Raises RoadError when it could not be read."""
    officer = road.by(HUYE_INTAKE)
    content = road.register.read_bytes()
    sent = (await officer.send_file("/v1/imports", content, XLSX)).body
    counts: dict[str, int | str] = {}
    async for counts in officer.events(f"/v1/imports/{sent['id']}/progress"):
        road.show.progress(f"rows of {road.register.name}", int(counts["done"]), int(counts["total"]))
    if counts.get("state") != "DONE":
        raise RoadError(f"The import of {road.register.name} ended {counts.get('state', 'without a word')}.")
    road.counts.update({name: counts[name] for name in OUTCOMES}, again=sent["again"], import_id=sent["id"])
    told = ", ".join(f"{counts[name]} {name}" for name in OUTCOMES)
    again = " (the same file as before: nothing changed)" if sent["again"] else ""
    road.show.step(f"{road.register.name}: {told}{again}")
