"""The external history: what clients asked and what they were told, one JSON line per operation, written as it ends."""

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson


@dataclass
class Attempt:
    """One request that was sent; status 0 when no answer came."""

    request_id: str
    began: float
    ended: float = 0.0
    status: int = 0
    code: str = ""
    replayed: bool = False


@dataclass
class Operation:
    """One thing a client wanted, with every attempt at it."""

    kind: str
    who: str
    actor: str
    method: str
    path: str
    key: str = ""
    person: str = ""
    body: Any = None
    tokens: list[str] = field(default_factory=list)
    """Consistency tokens a read carried."""
    service: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    outcome: str = "unknown"
    """acked, refused or unknown."""
    answer: Any = None
    token: str = ""
    is_stale: bool = False
    etag: str = ""

    @property
    def status(self) -> int:
        return self.attempts[-1].status if self.attempts else 0

    @property
    def code(self) -> str:
        return self.attempts[-1].code if self.attempts else ""

    @property
    def ok(self) -> bool:
        return self.outcome == "acked"


class History:
    """Appends to `history.jsonl`; counts what it was told."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._out: BinaryIO = file.open("ab")
        self.operations = 0
        self.by_outcome: Counter[str] = Counter()

    def add(self, operation: Operation) -> None:
        """Keep an operation that has ended, known or not."""
        self.operations += 1
        self.by_outcome[operation.outcome] += 1
        told = _told(operation) if operation.method == "GET" else operation.answer
        attempts = [vars(one) for one in operation.attempts]
        self._write({"is": "operation", **vars(operation), "attempts": attempts, "answer": told})

    def note(self, what: str, **facts: object) -> None:
        """Keep something that is no operation: a fault, an item of the feed, a mark."""
        self._write({"is": what, "at": time.time(), **facts})

    def close(self) -> None:
        self._out.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._out.write(orjson.dumps(line, default=str, option=orjson.OPT_APPEND_NEWLINE))
        self._out.flush()


def _told(read: Operation) -> Any:  # noqa: ANN401 - any JSON
    """What the checker needs of a read's answer: whole journeys would fill the disk."""
    answer = read.answer
    if not isinstance(answer, dict) or read.kind.startswith("stages"):
        return answer
    if read.kind == "journey":
        entries = [(one, *one["corrections"]) for one in answer["items"]]
        ids = [str(entry["event_id"])[-12:] for group in entries for entry in group]
        return {"ids": ids, "more": bool(answer["next_cursor"]), "stage": answer["person"]["stage"]}
    kept = {name: answer[name] for name in ("id", "version", "worker_id", "state", "person_id") if name in answer}
    items = answer.get("items")
    return {**kept, "n": len(items) if isinstance(items, list) else 1}
