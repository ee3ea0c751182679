"""Leg: everything that was said has been heard by everybody; nothing is parked."""

from collections.abc import Awaitable, Callable

from inzira_cli.processes import DEPLOYABLES
from inzira_cli.road.caller import eventually
from inzira_cli.road.cast import ADMINISTRATOR
from inzira_cli.road.errors import RoadError
from inzira_cli.road.state import Road

WAITING = frozenset({"waiting", "gap", "behind"})
"""Set aside until what they follow has come: no operator is needed for these."""


async def walk(road: Road) -> None:
    """Wait until nothing waits. Raises RoadError when something was parked."""
    found = {name: await eventually(_settled(road, name), f"{name} has caught up") for name in DEPLOYABLES}
    if parked := {name: counts for name, counts in found.items() if counts}:
        raise RoadError(f"Events were parked: {parked}. See `inzira events parked`.")
    road.show.step("Every event was published and consumed; nothing is parked")


def _settled(road: Road, name: str) -> Callable[[], Awaitable[dict[str, int] | None]]:
    """Looks at one service: what it parked once nothing waits, None while something does."""

    async def look() -> dict[str, int] | None:
        lag = (await road.by(ADMINISTRATOR).get(f"/v1/operations/{name}/events/lag")).body
        waits = lag["outbox_pending"] + lag["lag"] + sum(lag["parked"].get(reason, 0) for reason in WAITING)
        parked: dict[str, int] = {why: count for why, count in lag["parked"].items() if count and why not in WAITING}
        return None if waits else parked

    return look
