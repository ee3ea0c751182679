"""Every event type: strict when written, tolerant when read, and the same after a round trip."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, SearchStrategy
from inzira_contracts.curriculum import CohortOpened, SessionHeld
from inzira_contracts.event import Event, InvalidEvent, PersonEvent
from inzira_contracts.fields import UNKNOWN, OpenCode
from inzira_contracts.intake import PersonAdmitted, PersonDied, PersonMoved, SentenceRecorded
from inzira_contracts.registry import REGISTRY, read_event
from inzira_contracts.schema import schema_of
from pydantic import ValidationError

PERSON = UUID("019d0000-0000-7000-8000-000000000001")
EPISODE = UUID("019d0000-0000-7000-8000-000000000002")
NOW = datetime(2026, 9, 3, 8, 15, tzinfo=UTC)

BY_FORMAT: dict[str, SearchStrategy[str]] = {
    "uuid": st.uuids().map(str),
    "date": st.dates(date(1900, 1, 1), date(2200, 12, 31)).map(str),
    "date-time": st.datetimes(datetime(1901, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - Hypothesis takes naive bounds
        datetime.isoformat
    ),
}


def any_text(node: dict[str, Any]) -> SearchStrategy[Any]:
    if "enum" in node:
        return st.sampled_from(node["enum"])
    return BY_FORMAT[node["format"]] if "format" in node else st.from_regex(node["pattern"], fullmatch=True)


def any_value(node: dict[str, Any]) -> SearchStrategy[Any]:
    if "anyOf" in node:
        return st.one_of([any_value(option) for option in node["anyOf"]])
    if node["type"] == "string":
        return any_text(node)
    if node["type"] == "integer":
        return st.integers(node["minimum"], node["maximum"])
    if node["type"] == "array":
        return st.lists(any_value(node["items"]), max_size=5)
    return st.booleans() if node["type"] == "boolean" else st.none()


def any_content(event: type[Event]) -> SearchStrategy[dict[str, Any]]:
    schema = schema_of(event)
    fields = {name: any_value(node) for name, node in schema["properties"].items()}
    optional = fields.keys() - set(schema["required"])
    return st.fixed_dictionaries(
        {name: fields[name] for name in schema["required"]},
        optional={name: fields[name] for name in sorted(optional)},
    )


def make_death(**changes: object) -> PersonDied:
    values: dict[str, object] = {
        "person_id": PERSON,
        "occurred_at": NOW,
        "recorded_by": "svc:intake",
        "died_on": date(2026, 9, 3),
    }
    return PersonDied.model_validate(values | changes)


@pytest.mark.parametrize("type", sorted(REGISTRY))
@settings(max_examples=15)
@given(data=st.data())
def test_event_survives_the_wire(type: str, data: DataObject) -> None:
    event = REGISTRY[type].model_validate_json(json.dumps(data.draw(any_content(REGISTRY[type]))))
    assert read_event(type, event.to_bytes()) == event


@pytest.mark.parametrize("type", sorted(REGISTRY))
@settings(max_examples=10)
@given(data=st.data(), extra=st.dictionaries(st.from_regex("x_[a-z]{1,8}", fullmatch=True), st.text(max_size=5)))
def test_reader_drops_what_it_does_not_know(type: str, data: DataObject, extra: dict[str, str]) -> None:
    content = data.draw(any_content(REGISTRY[type]))
    assert read_event(type, json.dumps(content | extra).encode()) == read_event(type, json.dumps(content).encode())


@settings(max_examples=200)
@given(type=st.sampled_from(sorted(REGISTRY)), data=st.binary(max_size=60))
def test_reader_answers_garbage_with_one_error(type: str, data: bytes) -> None:
    with pytest.raises(InvalidEvent):
        read_event(type, data)


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"1", b'"x"', b"[" * 5000, b"{}", b"\xff\xfe"])
def test_reader_refuses_what_is_no_object(data: bytes) -> None:
    with pytest.raises(InvalidEvent):
        PersonDied.read(data)


def test_error_names_the_field_and_never_the_value() -> None:
    content = json.loads(make_death().to_bytes()) | {"died_on": "a secret"}
    with pytest.raises(InvalidEvent) as caught:
        PersonDied.read(json.dumps(content).encode())
    assert "died_on" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_writer_error_hides_the_input() -> None:
    with pytest.raises(ValidationError) as caught:
        make_death(died_on="a secret")
    assert "secret" not in str(caught.value)


def test_writer_refuses_an_unknown_field() -> None:
    with pytest.raises(ValidationError):
        make_death(cause="x")


def test_events_cannot_be_changed() -> None:
    event = make_death()
    with pytest.raises(ValidationError):
        event.died_on = date(2020, 1, 1)  # type: ignore[misc]  # the refusal is what is tested


@pytest.mark.parametrize(
    "changes",
    [
        {"occurred_at": datetime(2026, 1, 1)},  # noqa: DTZ001 - a naive time is what is refused
        {"occurred_at": datetime(1, 1, 1, tzinfo=UTC)},
        {"died_on": date(1899, 12, 31)},
        {"person_id": None},
        {"recorded_by": "someone@example.org"},
        {"recorded_by": "x" * 65},
        {"reason_code": "lower case"},
    ],
)
def test_writer_refuses_what_breaks_a_bound(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        make_death(**changes)


def test_moment_is_kept_in_utc() -> None:
    event = make_death(occurred_at=datetime.fromisoformat("2026-09-03T10:15:00+02:00"))
    assert event.occurred_at == NOW
    assert event.occurred_at.tzinfo is UTC


@pytest.mark.parametrize("text", ["P15Y", "P2Y6M", "P7D", "P1Y2M3D", "LIFE"])
def test_duration_is_iso_or_life(text: str) -> None:
    sentence = SentenceRecorded(
        person_id=PERSON,
        occurred_at=NOW,
        recorded_by="svc:intake",
        episode_id=EPISODE,
        sentence_id=PERSON,
        duration=text,
        starts_on=date(2024, 1, 1),
        legal_status="REMAND",
    )
    assert sentence.duration == text
    for wrong in ("P", "15Y", "PT5H", "life", "P1M2Y"):
        with pytest.raises(ValidationError):
            SentenceRecorded.model_validate(sentence.model_dump() | {"duration": wrong})


def make_move(state: str) -> dict[str, object]:
    return {
        "person_id": str(PERSON),
        "occurred_at": NOW.isoformat(),
        "recorded_by": "svc:intake",
        "episode_id": str(EPISODE),
        "movement_id": str(PERSON),
        "kind": "TRANSFER",
        "custody_state": state,
    }


def test_reader_turns_a_code_of_the_future_into_unknown() -> None:
    event = PersonMoved.read(json.dumps(make_move("ON_THE_MOON")).encode())
    assert event.custody_state == UNKNOWN


@pytest.mark.parametrize("state", ["ON_THE_MOON", UNKNOWN])
def test_writer_refuses_a_code_outside_the_list(state: str) -> None:
    with pytest.raises(ValidationError):
        PersonMoved.model_validate(make_move(state))


def test_every_code_list_has_its_fallback() -> None:
    lists = OpenCode.__subclasses__()
    assert lists
    assert all(codes(UNKNOWN).name == UNKNOWN == codes(UNKNOWN).value for codes in lists)
    # purposes are lower case, as tokens and access records carry them
    assert all(member.name == member.value.upper() for codes in lists for member in codes)


def test_stream_of_a_person_and_of_a_cohort() -> None:
    cohort = CohortOpened(
        occurred_at=NOW,
        recorded_by="svc:curriculum",
        cohort_id=EPISODE,
        programme_code="CORR-8M",
        programme_version=1,
        facility="HUY",
        starts_on=date(2026, 1, 1),
    )
    assert make_death().stream == f"person:{PERSON}"
    assert cohort.stream == f"cohort:{EPISODE}"


def test_only_group_events_lack_a_person() -> None:
    without = {event for event in REGISTRY.values() if not issubclass(event, PersonEvent)}
    assert without == {CohortOpened, SessionHeld, REGISTRY["inzira.access.recorded.v1"]}


def test_readmission_fields_are_optional() -> None:
    assert not PersonAdmitted.model_fields["previous_episode_id"].is_required()
