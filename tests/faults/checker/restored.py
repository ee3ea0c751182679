"""A backup taken in the run and restored later: exactly what was written after it is gone, and nothing of that returns.

The campaign wrote down, past every service, which events each journal held before the restoration and just after it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verdict import Violation

if TYPE_CHECKING:
    from evidence import Evidence

FILE = "restored.json"
LONGEST_TRANSACTION = timedelta(seconds=60)
"""A row is dated when it is written: its transaction may have ended after the backup's moment, held by a fault."""


@dataclass(frozen=True)
class Restored:
    """When, in seconds, the backup was made and restored; ids of events by database; what the feed left behind."""

    backup_began: float
    backup_ended: float
    began: float
    ended: float
    feed_floor: int
    before: dict[str, dict[str, str]] = field(default_factory=dict)
    """Id to its moment, of every event in the journals that were given up."""
    after: dict[str, frozenset[str]] = field(default_factory=dict)
    taken_in: frozenset[str] = frozenset()
    """What the gateway had taken in by the backup."""

    @cached_property
    def lost(self) -> frozenset[str]:
        """Ids of the events that the backup did not hold."""
        return frozenset(id for name, ids in self.before.items() for id in ids if id not in self.after[name])

    def of(self, operation: dict[str, Any]) -> str:
        """`kept`, `open` (beside the backup), `lost` or `since`."""
        began, ended = operation["attempts"][0]["began"], operation["attempts"][-1]["ended"]
        if ended > self.began:
            return "since" if began >= self.began else "open"
        if ended < self.backup_began:
            return "kept"
        return "lost" if began > self.backup_ended else "open"


def read_restored(folder: Path) -> Restored | None:
    """What the campaign wrote down; None when nothing was restored."""
    file = folder / FILE
    if not file.exists():
        return None
    told = json.loads(file.read_text(encoding="utf-8"))
    told["after"] = {name: frozenset(ids) for name, ids in told["after"].items()}
    return Restored(**{**told, "taken_in": frozenset(told["taken_in"])})


async def check(evidence: "Evidence") -> Iterator[Violation]:
    if evidence.restored is None:
        return iter(())
    now = {name: {event.id for event in journal} for name, journal in evidence.journals.items()}
    found = [*_only_the_end(evidence.restored), *_stays_so(evidence.restored, now), *_writes(evidence)]
    return iter(found)


def _only_the_end(restored: Restored) -> Iterator[Violation]:
    """What a restoration takes away was written after the backup; it brings nothing of its own."""
    earliest = datetime.fromtimestamp(restored.backup_began, UTC) - LONGEST_TRANSACTION
    for name, ids in restored.before.items():
        if strange := restored.after[name] - ids.keys():
            yield Violation("restored what never was", f"{name}: {len(strange)} events, {sorted(strange)[:3]}")
        early = [
            id for id, at in ids.items() if id not in restored.after[name] and datetime.fromisoformat(at) < earliest
        ]
        if early:
            yield Violation("restoration lost too much", f"{name}: {len(early)} events, {sorted(early)[:3]}")


def _stays_so(restored: Restored, now: dict[str, set[str]]) -> Iterator[Violation]:
    for name, held in restored.after.items():
        if gone := held - now[name]:
            yield Violation("restored and lost again", f"{name}: {len(gone)} events, {sorted(gone)[:3]}")
        if back := restored.lost & now[name]:
            yield Violation("given up and back again", f"{name}: {len(back)} events, {sorted(back)[:3]}")


def _writes(evidence: "Evidence") -> Iterator[Violation]:
    """A write told of after the backup leaves no effect; one beside it all of its effects or none (`writes`)."""
    assert evidence.restored is not None
    said = {event.request for event in evidence.events()}
    for write in evidence.writes():
        if evidence.restored.of(write) == "lost" and any(one["request_id"] in said for one in write["attempts"]):
            yield Violation("given up and back again", f"{write['kind']} {write['key'] or write['path']}")
