"""The CloudEvents 1.0 Kafka binding, binary mode: attributes as headers, data as the record's value.

A record without data is a tombstone by the binding (3.2.2), so the relay never sends one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

CONTENT_TYPE = "application/json"
MAX_LENGTH = 256
OPTIONAL = ("subject", "correlationid", "causationid", "traceparent")
REQUIRED = ("id", "type", "source", "time", "partitionkey", "sequence")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_DIGITS = re.compile(r"[0-9]{1,10}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
LARGEST = 2**31 - 1
"""Versions and epochs are kept as 32-bit numbers."""


class InvalidEnvelope(ValueError):
    """The headers are not those of a CloudEvent. The message names the header, never its value."""


@dataclass(frozen=True, slots=True)
class Envelope:
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
            ("content-type", CONTENT_TYPE.encode()),
            ("ce_specversion", b"1.0"),
            ("ce_id", str(self.id).encode()),
            ("ce_source", self.source.encode()),
            ("ce_type", self.type.encode()),
            ("ce_time", self.time.isoformat().replace("+00:00", "Z").encode()),
            ("ce_dataschema", f"urn:inzira:schema:{self.type}".encode()),
            ("ce_partitionkey", self.partitionkey.encode()),
            ("ce_sequence", b"%d" % self.sequence),
            ("inzira_epoch", b"%d" % self.epoch),
        ]
        for name in OPTIONAL:
            value = getattr(self, name)
            if value is not None:
                headers.append((f"ce_{name}", value.encode()))
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


def _decode(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, value in headers:
        name = raw_name.lower()
        if value is None or not name.startswith(("ce_", "inzira_", "content-type")):
            continue
        if name in found:
            raise InvalidEnvelope(f"{name} is repeated")
        if not 0 < len(value) <= MAX_LENGTH:
            raise InvalidEnvelope(f"{name} must have 1 to {MAX_LENGTH} bytes")
        try:
            found[name] = value.decode()
        except UnicodeDecodeError:
            raise InvalidEnvelope(f"{name} is not UTF-8") from None
        if _CONTROLS.search(found[name]):
            raise InvalidEnvelope(f"{name} holds control characters")
    return found


def _check_form(found: dict[str, str]) -> None:
    if found.get("ce_specversion") != "1.0":
        raise InvalidEnvelope("ce_specversion must be 1.0")
    if found.get("content-type", "").split(";")[0].strip().lower() != CONTENT_TYPE:
        raise InvalidEnvelope(f"content-type must be {CONTENT_TYPE}")
    for name in REQUIRED:
        if f"ce_{name}" not in found:
            raise InvalidEnvelope(f"ce_{name} is missing")


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
    if not _DIGITS.fullmatch(text) or int(text) > LARGEST:
        raise InvalidEnvelope(f"{name} is not a whole number of 32 bits")
    return int(text)
