"""The CloudEvents 1.0 Kafka binding, binary mode: attributes as headers, data as the record's value.

A record without data is a tombstone by the binding (3.2.2), so the relay never sends one.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from pydantic_core import to_json

CONTENT_TYPE = "application/json"
MAX_LENGTH = 256
OURS = ("ce_", "inzira_", "content-type")
REQUIRED = ("ce_id", "ce_type", "ce_source", "ce_time", "ce_partitionkey", "ce_sequence")
OPTIONAL = ("ce_subject", "ce_correlationid", "ce_causationid", "ce_traceparent", "ce_dataschema", "inzira_epoch")
USUAL = {name: name for name in ("content-type", "ce_specversion", *REQUIRED, *OPTIONAL)}
"""Found here, a name need not be written small and compared."""
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
LARGEST, LONGEST = 2**31 - 1, 10
"""Versions and epochs are kept as 32-bit numbers."""


class InvalidEnvelope(ValueError):
    """The headers are not those of a CloudEvent. The message names the header, never its value."""


class Envelope(NamedTuple):
    """What surrounds an event. `sequence` is the version in its stream (0: unsequenced), `time` when it was
    recorded, `epoch` which of the broker's successive logs it was sent to (a header of ours).
    """

    id: UUID
    type: str
    source: str
    subject: str | None
    time: datetime
    partitionkey: str
    sequence: int
    correlationid: str | None = None
    causationid: str | None = None
    traceparent: str | None = None
    epoch: int = 0

    def to_headers(self) -> list[tuple[str, bytes]]:
        """The record's headers, in the form aiokafka takes. Absent attributes are left out."""
        headers = [
            *_common(self.type, self.source),
            ("ce_id", str(self.id).encode()),
            ("ce_time", to_json(self.time)[1:-1]),
            ("ce_partitionkey", self.partitionkey.encode()),
            ("ce_sequence", b"%d" % self.sequence),
            ("inzira_epoch", b"%d" % self.epoch),
        ]
        if self.subject is not None:
            headers.append(("ce_subject", self.subject.encode()))
        if self.correlationid is not None:
            headers.append(("ce_correlationid", self.correlationid.encode()))
        if self.causationid is not None:
            headers.append(("ce_causationid", self.causationid.encode()))
        if self.traceparent is not None:
            headers.append(("ce_traceparent", self.traceparent.encode()))
        return headers

    @classmethod
    def from_headers(cls, headers: Iterable[tuple[str, bytes | None]]) -> "Envelope":
        """Read a record's headers; unknown ones are ignored, a malformed traceparent counts as absent.

        Raises InvalidEnvelope when one is repeated, missing or malformed.
        """
        found = _decode(headers)
        _check_form(found)
        trace = found.get("ce_traceparent", "")
        return cls(
            id=_parse_id(found["ce_id"]),
            type=found["ce_type"],
            source=found["ce_source"],
            subject=found.get("ce_subject"),
            time=_parse_time(found["ce_time"]),
            partitionkey=found["ce_partitionkey"],
            sequence=_parse_count("ce_sequence", found["ce_sequence"]),
            correlationid=found.get("ce_correlationid"),
            causationid=found.get("ce_causationid"),
            traceparent=trace if _TRACEPARENT.fullmatch(trace) else None,
            epoch=_parse_count("inzira_epoch", found.get("inzira_epoch", "0")),
        )


@lru_cache(maxsize=1024)
def _common(type: str, source: str) -> tuple[tuple[str, bytes], ...]:
    """What the headers of all events of one type have in common."""
    return (
        ("content-type", CONTENT_TYPE.encode()),
        ("ce_specversion", b"1.0"),
        ("ce_source", source.encode()),
        ("ce_type", type.encode()),
        ("ce_dataschema", f"urn:inzira:schema:{type}".encode()),
    )


def _decode(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, value in headers:
        name = USUAL.get(raw_name) or _ours(raw_name)
        if not name or value is None:
            continue
        if name in found:
            raise InvalidEnvelope(f"{name} is repeated")
        if not 0 < len(value) <= MAX_LENGTH:
            raise InvalidEnvelope(f"{name} must have 1 to {MAX_LENGTH} bytes")
        try:
            text = value.decode()
        except UnicodeDecodeError:
            raise InvalidEnvelope(f"{name} is not UTF-8") from None
        # what is printable holds none, and nearly everything is: the search costs more than the question
        if not text.isprintable() and _CONTROLS.search(text):
            raise InvalidEnvelope(f"{name} holds control characters")
        found[name] = text
    return found


def _ours(raw_name: str) -> str:
    """The name, written small; nothing when it is no header of an event."""
    name = raw_name.lower()
    return name if name.startswith(OURS) else ""


def _check_form(found: dict[str, str]) -> None:
    if found.get("ce_specversion") != "1.0":
        raise InvalidEnvelope("ce_specversion must be 1.0")
    kind = found.get("content-type", "")
    if kind != CONTENT_TYPE and kind.split(";")[0].strip().lower() != CONTENT_TYPE:
        raise InvalidEnvelope(f"content-type must be {CONTENT_TYPE}")
    for name in REQUIRED:
        if name not in found:
            raise InvalidEnvelope(f"{name} is missing")


def _parse_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidEnvelope("ce_id is not a UUID") from None


def _parse_time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidEnvelope("ce_time is not a time of RFC 3339") from None
    if moment.tzinfo is None:
        raise InvalidEnvelope("ce_time has no offset")
    return moment


def _parse_count(name: str, text: str) -> int:
    if len(text) > LONGEST or not (text.isascii() and text.isdigit()) or (count := int(text)) > LARGEST:
        raise InvalidEnvelope(f"{name} is not a whole number of 32 bits")
    return count
