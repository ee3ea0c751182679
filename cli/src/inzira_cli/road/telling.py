"""What the road shows: its legs as they go, and at the end where everybody stands and one person's journey."""

from datetime import datetime
from typing import Any

from inzira_platform.clock import KIGALI
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from inzira_cli.road.cast import ALL_FACILITIES, CAST, DIDE_SUPERVISOR, FIGURES
from inzira_cli.road.people import WHOLE
from inzira_cli.road.state import Road

REPEATED = frozenset({"inzira.curriculum.attendance.recorded.v1", "inzira.tvet.attendance.recorded.v1"})


class ConsoleReporter:
    """Prints each leg and step; a bar for what is longer."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: Progress | None = None
        self._task = TaskID(0)

    def leg(self, title: str) -> None:
        """A heading."""
        self._console.print(f"[bold]{title}[/bold]")

    def step(self, text: str) -> None:
        """One line."""
        self._console.print(f"  {text}", markup=False)

    def progress(self, what: str, done: int, total: int) -> None:
        """A bar, taken away at its end."""
        if self._bar is None:
            columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._task = self._bar.add_task(what, total=total or None)
            self._bar.start()
        self._bar.update(self._task, completed=done, total=total or None)
        if total and done >= total:
            self.stop()

    def stop(self) -> None:
        """Take the bar away, also after something went wrong."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


async def stage_table(road: Road) -> Table:
    """Where everybody stands, by facility, as the officer for figures sees it: numbers only."""
    found = (await road.by(FIGURES).get("/v1/facilities/stages")).body
    stages = sorted(found["stages"])
    table = Table("facility", *[stage.lower().replace("_", " ") for stage in stages], "all", box=None)
    for row in found["facilities"]:
        cells = [str(row["stages"].get(stage, "") or "") for stage in stages]
        table.add_row(row["facility"] or "none", *cells, str(row["total"]))
    table.add_row("all", *[str(found["stages"][stage]) for stage in stages], str(found["total"]), style="bold")
    return table


async def journey(road: Road) -> dict[str, Any]:
    """The whole journey of the person who walked the whole road, in all its pages, as their supervisor reads it."""
    traveller = road.one(WHOLE)
    path = f"/v1/persons/{traveller.person_id}/journey"
    token = traveller.tokens[-1] if traveller.tokens else ""
    page: dict[str, Any] = (await road.by(DIDE_SUPERVISOR).get(path, token=token, limit=200)).body
    items = list(page["items"])
    cursor = page.get("next_cursor")
    while cursor:
        more = (await road.by(DIDE_SUPERVISOR).get(path, limit=200, cursor=cursor)).body
        items += more["items"]
        cursor = more.get("next_cursor")
    return {**page, "items": items, "next_cursor": None}


def journey_table(found: dict[str, Any]) -> Table:
    """Day, what happened, who recorded it and when; what repeats itself is told once with its number."""
    table = Table("happened", "what", "recorded by", "recorded", box=None)
    for items in _gathered(found["items"]):
        first, last = items[0], items[-1]
        times = f" (and {len(items) - 1} more until {_day(last['occurred_at'])})" if len(items) > 1 else ""
        recorded = first["recorded"]
        who = recorded.get("name") or recorded.get("agency") or str(recorded["by"])
        table.add_row(_day(first["occurred_at"]), first["label"] + times, who, _moment(last["recorded_at"]))
    return table


def _gathered(items: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Attendance of one kind in one place each, the rest entry by entry, in the order of the first."""
    places: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        key = item["summary_code"] if item["type"] in REPEATED else item["event_id"]
        places.setdefault(key, []).append(item)
    return list(places.values())


def accounts_table(passwords: dict[str, str]) -> Table:
    """Who may sign in, and with what."""
    table = Table("user name", "password", "role", "reach", "what for", box=None)
    for officer in CAST:
        everywhere = officer.facilities == ALL_FACILITIES
        reach = "all facilities" if everywhere else officer.org or ", ".join(officer.facilities)
        table.add_row(officer.username, passwords[officer.username], officer.role, reach, officer.about)
    return table


def seconds_table(road: Road) -> Table:
    """How long each leg took."""
    table = Table("leg", "seconds", box=None)
    for title, seconds in road.seconds.items():
        table.add_row(title, f"{seconds:.1f}")
    table.add_row("in all", f"{sum(road.seconds.values()):.1f}", style="bold")
    return table


def _day(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(KIGALI).strftime("%d/%m/%Y")


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(KIGALI).strftime("%d/%m/%Y %H:%M:%S")
