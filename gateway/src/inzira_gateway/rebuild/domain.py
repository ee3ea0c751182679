"""The course of a rebuild. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from inzira_platform.errors import DomainError, Kind

SOURCES = ("intake", "curriculum", "tvet", "reintegration")
PASSES = 2
"""A second reading takes in what was still being published while the first went by; then the two must agree."""


class RebuildUnderWayError(DomainError):
    kind = Kind.CONFLICT
    code = "rebuild-under-way"
    message = "A rebuild is under way. Look at its progress and wait until it is done."


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild is: the journal position per service, which reading it is, what was read and what differs."""

    after_seq: Mapping[str, int] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    reading: int = 1
    events: int = 0
    persons: int = 0
    missing: int = 0
    outcome: str = ""

    def read_on(self, source: str, after_seq: int, events: int) -> "Progress":
        return replace(self, after_seq={**self.after_seq, source: after_seq}, events=self.events + events)

    def finished(self, source: str) -> "Progress":
        return replace(self, done=(*self.done, source))

    @property
    def next_source(self) -> str | None:
        """The journal to read next; None when all are read."""
        return next((source for source in SOURCES if source not in self.done), None)

    def read_again(self, missing: int) -> "Progress":
        """Everything once more: entries are a set, so what is there already stays as it is."""
        return Progress(reading=self.reading + 1, missing=missing)

    def as_json(self) -> dict[str, Any]:
        return {
            "after_seq": dict(self.after_seq), "done": list(self.done), "reading": self.reading,
            "events": self.events, "persons": self.persons, "missing": self.missing, "outcome": self.outcome,
        }  # fmt: skip


FEW = 4096


def is_to_be_counted(before: int, now: int) -> bool:
    """Whether a growing number of rows passed a power of four, beyond a few thousand: what PostgreSQL knows is old."""
    return now >= FEW and (now.bit_length() - 1) // 2 > (before.bit_length() - 1) // 2


def progress_from(kept: Mapping[str, Any]) -> Progress:
    """The progress as it was kept; a fresh one from an empty object."""
    known = {name: kept[name] for name in kept if name in Progress.__slots__}
    return Progress(**{**known, "done": tuple(known.get("done", ()))})
