"""Records that are wrong in every way a record can be: bytes, headers, facts, order, number."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from inzira_contracts.envelope import Envelope
from inzira_platform.clock import kigali_midnight
from inzira_platform.delivery import Incoming, incoming
from inzira_platform.ids import new_id

EXAMPLES = Path(__file__).parents[2] / "libs" / "contracts" / "examples"
SUBJECTS = tuple(UUID(int=0x0198_0000_0000_7000_8000_0000_0000_0000 + number) for number in range(3))
"""The persons all the trouble is about."""
ODD: tuple[Any, ...] = (
    None, "", 0, -1, 2**31, 2**63, 1e308, True, [], {}, "\u0000", "é" * 300, "UNKNOWN", "HUY", "MUS", "RELEASED",
    "1900-01-01", "2200-12-31", "0001-01-01", "1899-12-31T00:00:00Z", "2026-02-30", "P999Y11M", "LIFE", "NaN",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-23T10:00:00",
    "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
BAD_BYTES = (b"", b"{", b"null", b"[]", b"\x00", b"\xff\xfe", b'{"a":' * 2000, b"7", b'"\\ud800"', b"{}")
BAD_HEADERS: tuple[tuple[str, bytes | None], ...] = (
    ("ce_id", b"no-id"), ("ce_id", b"\x00"), ("ce_sequence", b"9" * 18), ("ce_sequence", b"2147483648"),
    ("ce_sequence", b"-1"), ("ce_sequence", b"0"), ("ce_sequence", b"1e3"), ("ce_time", b"yesterday"),
    ("ce_time", b"0001-01-01T00:00:00+23:59"), ("ce_time", b"9999-12-31T23:59:59-23:59"), ("ce_type", b"\xff"),
    ("ce_type", b"inzira.intake.person.admitted.v9"), ("ce_type", b"inzira.intake.person.vanished.v1"),
    ("ce_type", b"inzira.nobody.person.admitted.v1"), ("ce_type", b"' OR 1=1"), ("ce_source", b"/services/nobody"),
    ("ce_partitionkey", b"person:\x00"), ("ce_partitionkey", b"x" * 300), ("ce_specversion", b"0.3"),
    ("ce_time", None), ("content-type", b"text/plain"), ("x-odd", b"\x00\xff"), ("inzira_epoch", b"99999999999"),
    ("ce_subject", b"person:somebody-else"), ("ce_traceparent", b"00-zz"),
)  # fmt: skip


@cache
def examples(topic: str) -> tuple[tuple[str, str], ...]:
    """(type, example data) of every event of a topic."""
    service = topic.rsplit(".", 1)[-1]
    files = sorted(EXAMPLES.glob(f"inzira.{service}.*.json"))
    return tuple((file.name.removesuffix(".json").partition("--")[0], file.read_text()) for file in files)


@dataclass
class Pen:
    """Writes records; remembers the version each stream is at."""

    topics: Sequence[str]
    draw: st.DrawFn
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    offset: int = 0

    def record(self) -> Incoming:
        """One record, more or less wrong."""
        topic = self.draw(st.sampled_from(self.topics))
        type, text = self.draw(st.sampled_from(examples(topic)))
        data = json.loads(text)
        stream = self._about_somebody(data)
        for _ in range(self.draw(st.integers(0, 2))):
            self._bend(data)
        payload = json.dumps(data).encode()
        if self.draw(st.integers(0, 9)) == 0:
            payload = self.draw(st.sampled_from(BAD_BYTES))
        return self.written(topic, type, stream, payload, self._sequence(topic, stream))

    def written(self, topic: str, type: str, stream: str, payload: bytes | None, sequence: int) -> Incoming:
        """The record as the consumer gets it, some of its headers spoilt now and then."""
        envelope = Envelope(
            id=new_id(),
            type=type,
            source=f"/services/{topic.rsplit('.', 1)[-1]}",
            subject=stream,
            time=kigali_midnight(self.draw(st.dates(date(2, 1, 1)))) if self.draw(st.booleans()) else AT,
            partitionkey=stream,
            sequence=sequence,
        )
        headers: list[tuple[str, bytes | None]] = list(envelope.to_headers())
        if self.draw(st.integers(0, 7)) == 0:
            name, value = self.draw(st.sampled_from(BAD_HEADERS))
            headers = [pair for pair in headers if pair[0] != name] + [(name, value)]
        self.offset += 1
        return incoming(Raw(topic, 0, self.offset, headers, payload))

    def _about_somebody(self, data: dict[str, Any]) -> str:
        if data.get("person_id") is None and "cohort_id" in data:
            return f"cohort:{data['cohort_id']}"
        data["person_id"] = str(self.draw(st.sampled_from(SUBJECTS)))
        return f"person:{data['person_id']}"

    def _bend(self, data: dict[str, Any]) -> None:
        name = self.draw(st.sampled_from(sorted(data)))
        match self.draw(st.integers(0, 3)):
            case 0:
                del data[name]
            case 1:
                data[f"{name}_more"] = self.draw(st.sampled_from(ODD))
            case 2 if name.endswith(("_on", "_at")):
                data[name] = self.draw(st.dates()).isoformat() + ("T00:00:00Z" if name.endswith("_at") else "")
            case _:
                data[name] = self.draw(st.sampled_from(ODD))

    def _sequence(self, topic: str, stream: str) -> int:
        key = (topic, stream)
        following = self.versions.get(key, 0) + 1
        self.versions[key] = following
        return following + self.draw(st.sampled_from((0, 0, 0, 0, 0, 1, -1, 5)))


AT = kigali_midnight(date(2026, 5, 4))


@dataclass(frozen=True)
class Raw:
    """A broker's record."""

    topic: str
    partition: int
    offset: int
    headers: list[tuple[str, bytes | None]]
    value: bytes | None


@st.composite
def batches(draw: st.DrawFn, topics: Sequence[str]) -> list[Incoming]:
    """Several records about few persons, some twice, some out of order."""
    pen = Pen(topics, draw)
    made = [pen.record() for _ in range(draw(st.integers(1, 10)))]
    twice = draw(st.lists(st.sampled_from(made), max_size=3))
    return list(draw(st.permutations([*made, *twice]))) if draw(st.booleans()) else [*made, *twice]
