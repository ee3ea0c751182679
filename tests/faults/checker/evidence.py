"""What is judged: the clients' history, and every database as it stands. SQL and JSON; no code of the services."""

import base64
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from restored import Restored, read_restored

SERVICES = ("intake", "curriculum", "tvet", "reintegration")
DATABASES = (*SERVICES, "gateway")
READS = {
    "gateway": ("intake", "curriculum", "tvet", "reintegration", "access"),
    "intake": ("reintegration",),
    "curriculum": ("intake", "reintegration"),
    "tvet": ("intake", "reintegration"),
    "reintegration": ("intake",),
}
"""Topics by the database whose consumer reads them."""
JOURNAL = """
SELECT seq, event_id::text AS id, stream, version, topic, type, headers::text AS headers, payload, created_at,
       xmin::text AS tx FROM outbox ORDER BY seq
"""


@dataclass(frozen=True, slots=True)
class Event:
    """A row of a journal."""

    source: str
    seq: int
    id: str
    stream: str
    version: int
    topic: str
    type: str
    request: str
    cause: str
    data: dict[str, Any]
    at: Any
    tx: str

    @property
    def kind(self) -> str:
        """`person.admitted` of `inzira.intake.person.admitted.v1`."""
        return self.type.split(".", 2)[2].rsplit(".", 1)[0]


@dataclass
class Evidence:
    """Loaded once; the checks only read it."""

    operations: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    journals: dict[str, list[Event]] = field(default_factory=dict)
    connections: dict[str, asyncpg.Connection] = field(default_factory=dict)
    folder: Path = Path()
    logs: Path = Path()
    restored: Restored | None = None

    def events(self) -> Iterator[Event]:
        """Every event of every journal, records of access left out."""
        for journal in self.journals.values():
            yield from (event for event in journal if event.topic != "access")

    def writes(self) -> Iterable[dict[str, Any]]:
        return (one for one in self.operations if one["method"] != "GET")

    def reads(self) -> Iterable[dict[str, Any]]:
        return (one for one in self.operations if one["method"] == "GET")

    def is_settled(self, operation: dict[str, Any]) -> bool:
        """Whether what was told of it binds the databases: not where a restored backup took back what came after it."""
        return self.restored is None or self.restored.of(operation) in ("kept", "since")

    def is_recent(self, operation: dict[str, Any]) -> bool:
        """Whether it was asked of the databases as they are now: what was before was judged before the restoration."""
        return self.restored is None or self.restored.of(operation) == "since"

    def looks(self) -> list[dict[str, Any]]:
        """The partner's looks at the feed as it is now."""
        if self.restored is None:
            return self.notes["feed"]
        return [one for one in self.notes["feed"] if one["at"] >= self.restored.ended]

    def poisons(self) -> list[dict[str, Any]]:
        return [one for one in self.notes["fault"] if one["kind"] == "broker.poison"]

    async def rows(self, database: str, query: str, *given: object) -> list[asyncpg.Record]:
        found: list[asyncpg.Record] = await self.connections[database].fetch(query, *given)
        return found


async def gather(folder: Path, dsn: str, logs: Path) -> Evidence:
    """Read the history and the journals. `dsn` has `{}` in the place of the database's name."""
    found = Evidence(folder=folder, logs=logs, restored=read_restored(folder))
    for line in (folder / "history.jsonl").open(encoding="utf-8"):
        entry = json.loads(line)
        if entry["is"] == "operation":
            del entry["body"]  # a long run's bodies would fill the memory, and nothing is judged by them
            found.operations.append(entry)
        else:
            found.notes[entry["is"]].append(entry)
    for name in DATABASES:
        found.connections[name] = await asyncpg.connect(dsn.format(name))
        found.journals[name] = [_event(name, row) for row in await found.rows(name, JOURNAL)]
    return found


def _event(source: str, row: asyncpg.Record) -> Event:
    headers = json.loads(row["headers"])
    return Event(
        source,
        row["seq"],
        row["id"],
        row["stream"],
        row["version"],
        row["topic"].removeprefix("inzira."),
        row["type"],
        headers.get("correlationid", ""),
        headers.get("causationid", ""),
        json.loads(bytes(row["payload"])),
        row["created_at"],
        row["tx"],
    )


def read_token(token: str) -> tuple[str, dict[str, int]]:
    """Service and {stream: version} of a consistency token."""
    service, pairs = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    return service, dict(pairs)


def service_of(path: str) -> str:
    """Who owns an address."""
    for name in ("curriculum", "tvet", "reintegration"):
        if path.startswith(f"/v1/{name}/"):
            return name
    return "gateway" if path.startswith(("/v1/accounts", "/v1/admin", "/v1/me", "/v1/facilities")) else "intake"
