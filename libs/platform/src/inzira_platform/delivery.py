"""One record as it comes from the broker, decoded as far as it can be."""

from dataclasses import dataclass
from typing import Any

from inzira_contracts.envelope import Envelope, InvalidEnvelope
from inzira_contracts.event import Event, InvalidEvent
from inzira_contracts.registry import UnknownEventType, UnknownEventVersion, read_event, topic_of

from inzira_platform.service import Delivery


@dataclass(frozen=True)
class Incoming:
    """A record, its envelope when it has one, and where it lay."""

    topic: str
    partition: int
    offset: int
    headers: list[tuple[str, bytes]]
    payload: bytes | None
    envelope: Envelope | None
    fault: str = ""

    @property
    def source(self) -> str:
        """The producing service's name; empty when undecodable."""
        return self.envelope.source.rsplit("/", 1)[-1] if self.envelope else ""

    @property
    def key(self) -> str:
        """What must stay in order: the stream as its producer names it."""
        return f"{self.source}|{self.envelope.partitionkey}" if self.envelope else f"{self.topic}|{self.partition}"

    def event(self) -> Event:
        """The event, read with today's reader.

        Raises UnknownEventType, UnknownEventVersion or InvalidEvent.
        """
        if self.envelope is None or self.payload is None:
            raise InvalidEvent("a record without envelope or data")
        return read_event(self.envelope.type, self.payload)

    def meta(self, event: Event) -> Delivery:
        """What a handler is told beside the event."""
        envelope = self.envelope
        assert envelope is not None  # noqa: S101 - event() refused a record without one
        return Delivery(
            event_id=envelope.id,
            type=envelope.type,
            source=self.source,
            stream=envelope.partitionkey,
            version=envelope.sequence,
            time=envelope.time,
            actor=event.recorded_by,
            request_id=envelope.correlationid or "",
            traceparent=envelope.traceparent or "",
        )


POISON = (UnknownEventType, UnknownEventVersion, InvalidEvent)


def incoming(record: Any) -> Incoming:  # noqa: ANN401 - aiokafka's records are untyped
    """Decode a broker record; an undecodable one keeps its fault."""
    headers = list(record.headers)
    where = (record.topic, record.partition, record.offset, headers, record.value)
    try:
        envelope = Envelope.from_headers(headers)
    except InvalidEnvelope as error:
        return Incoming(*where, None, str(error))
    own = record.topic == "inzira.access" or envelope.source == f"/services/{record.topic.rsplit('.', 1)[-1]}"
    if not own:
        return Incoming(*where, None, "source is not the topic's owner")
    if not _is_of(envelope.type, record.topic):
        return Incoming(*where, None, "type is not the topic's")
    if record.value is None:
        return Incoming(*where, None, "no data")
    return Incoming(*where, envelope)


def _is_of(type: str, topic: str) -> bool:
    """A service tells its own facts only; a type without form is left to be parked as unknown."""
    try:
        return topic_of(type) == topic
    except UnknownEventType:
        return True


def stored(row: Any) -> Incoming:  # noqa: ANN401 - a database row
    """A parked row as the record it was."""
    headers = [(name, value.encode("latin-1")) for name, value in row.headers]
    payload = bytes(row.payload) if row.payload is not None else None
    try:
        envelope: Envelope | None = Envelope.from_headers(headers)
    except InvalidEnvelope:
        envelope = None
    return Incoming(row.topic, row.partition, row.offset, headers, payload, envelope)
