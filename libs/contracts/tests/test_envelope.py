"""The Kafka binding of CloudEvents, with the `cloudevents` package as oracle."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st
from inzira_contracts.envelope import Envelope, InvalidEnvelope

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
FULL = Envelope(
    id=UUID("019d0000-0000-7000-8000-000000000001"),
    type="inzira.intake.person.died.v1",
    source="/services/intake",
    subject="person:019d0000-0000-7000-8000-000000000002",
    time=datetime(2026, 9, 3, 8, 15, 0, 250, tzinfo=UTC),
    partitionkey="person:019d0000-0000-7000-8000-000000000002",
    sequence=7,
    correlationid="019d0000-0000-7000-8000-000000000003",
    causationid="019d0000-0000-7000-8000-000000000004",
    traceparent=TRACE,
    epoch=2,
)
BARE = FULL._replace(subject=None, correlationid=None, causationid=None, traceparent=None)
ON_THE_SECOND = FULL._replace(time=datetime(2026, 9, 3, 8, 15, tzinfo=UTC))

word = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
envelopes = st.builds(
    Envelope,
    id=st.uuids(),
    type=word,
    source=word,
    subject=st.none() | word,
    time=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=2))])),
    partitionkey=word,
    sequence=st.integers(0, 2**31 - 1),
    correlationid=st.none() | word,
    causationid=st.none() | word,
    traceparent=st.none() | st.just(TRACE),
    epoch=st.integers(0, 2**31 - 1),
)


def without(name: str) -> list[tuple[str, bytes]]:
    return [header for header in FULL.to_headers() if header[0] != name]


def with_value(name: str, value: bytes) -> list[tuple[str, bytes]]:
    return [*without(name), (name, value)]


@given(envelopes)
def test_envelope_survives_the_wire(envelope: Envelope) -> None:
    assert Envelope.from_headers(envelope.to_headers()) == envelope


@pytest.mark.parametrize("envelope", [FULL, BARE, ON_THE_SECOND])
def test_headers_are_those_the_oracle_writes(envelope: Envelope) -> None:
    attributes = {
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "dataschema": f"urn:inzira:schema:{envelope.type}",
        **{name: getattr(envelope, name) for name in ("type", "source", "subject", "time", "partitionkey")},
        **{name: getattr(envelope, name) for name in ("correlationid", "causationid", "traceparent")},
        "id": str(envelope.id),
        "sequence": str(envelope.sequence),
    }
    present = {name: value for name, value in attributes.items() if value is not None}
    oracle = to_binary(CloudEvent(present, {"a": 1}), JSONFormat())
    ours = dict(envelope.to_headers())
    assert ours.pop("inzira_epoch") == str(envelope.epoch).encode()
    assert ours == oracle.headers
    assert oracle.key == envelope.partitionkey


def test_oracle_reads_our_headers() -> None:
    headers = {name: value for name, value in FULL.to_headers() if name != "inzira_epoch"}
    event = from_binary(KafkaMessage(headers=headers, key=FULL.partitionkey, value=b"{}"), JSONFormat())
    assert event.get_id() == str(FULL.id)
    assert event.get_time() == FULL.time
    assert event.get_extension("sequence") == "7"


@pytest.mark.parametrize(
    "name",
    [
        "content-type",
        *(f"ce_{one}" for one in ("specversion", "id", "type", "source", "time", "partitionkey")),
    ],
)
def test_missing_header_is_named(name: str) -> None:
    with pytest.raises(InvalidEnvelope, match=name):
        Envelope.from_headers(without(name))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_id", b"not-a-uuid"),
        ("ce_time", b"yesterday"),
        ("ce_time", b"2026-01-01T00:00:00"),
        ("ce_sequence", b"-1"),
        ("ce_sequence", "٣".encode()),
        ("ce_sequence", b"1" * 19),
        ("ce_sequence", b"00000000001"),
        ("ce_sequence", b"2147483648"),
        ("ce_sequence", "\u00b2".encode()),
        ("ce_specversion", b"0.3"),
        ("content-type", b"application/cloudevents+json"),
        ("ce_subject", b"\xff"),
        ("ce_type", b""),
        ("ce_type", b"x" * 257),
        ("ce_source", b"/services/\x1bintake"),
        ("ce_subject", "person:\u00a0\x7f".encode()),
        ("inzira_epoch", b"one"),
    ],
)
def test_malformed_header_is_refused_without_its_value(name: str, value: bytes) -> None:
    with pytest.raises(InvalidEnvelope, match=name) as caught:
        Envelope.from_headers(with_value(name, value))
    assert caught.value.__cause__ is None


def test_repeated_header_is_refused() -> None:
    with pytest.raises(InvalidEnvelope, match="repeated"):
        Envelope.from_headers([*FULL.to_headers(), ("CE_ID", b"x")])


def test_other_headers_and_empty_ones_are_ignored() -> None:
    assert Envelope.from_headers([*FULL.to_headers(), ("x", b"\xff"), ("ce_other", None)]) == FULL


def test_what_is_not_printable_and_no_control_character_is_let_through() -> None:
    subject = "person:\u200b\u00a0\u0085"
    assert Envelope.from_headers(with_value("ce_subject", subject.encode())).subject == subject


def test_malformed_trace_never_stops_an_event() -> None:
    assert Envelope.from_headers(with_value("ce_traceparent", b"zz")).traceparent is None


def test_charset_of_the_content_type_is_accepted() -> None:
    assert Envelope.from_headers(with_value("content-type", b"Application/JSON; charset=utf-8")) == FULL


@given(st.lists(st.tuples(st.sampled_from([name for name, _ in FULL.to_headers()]), st.binary(max_size=20))))
def test_any_headers_give_an_envelope_or_its_error(headers: list[tuple[str, bytes]]) -> None:
    with pytest.raises(InvalidEnvelope):
        Envelope.from_headers(headers)
