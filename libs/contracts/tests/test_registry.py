"""Finding types by name, refusing unknown ones, and bringing older majors up to date."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from inzira_contracts import registry
from inzira_contracts.event import InvalidEvent
from inzira_contracts.intake import PersonDied
from inzira_contracts.registry import (
    REGISTRY,
    UPCASTS,
    UnknownEventType,
    UnknownEventVersion,
    parse_type,
    producer_of,
    read_event,
    topic_of,
)

DIED = PersonDied.type
DIED_V2 = "inzira.intake.person.died.v2"


class PersonDiedV2(PersonDied):
    type = DIED_V2


def make_death() -> PersonDied:
    return PersonDied(
        person_id=UUID(int=1),
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        recorded_by="svc:intake",
        died_on=date(2026, 1, 1),
    )


def test_catalogue_is_whole() -> None:
    by_service = {service: 0 for service in ("intake", "curriculum", "tvet", "reintegration", "access")}
    for type in REGISTRY:
        by_service[producer_of(type)] += 1
    assert by_service == {"intake": 10, "curriculum": 8, "tvet": 7, "reintegration": 14, "access": 1}


def test_class_names_are_unique() -> None:
    assert len({event.__name__ for event in REGISTRY.values()}) == len(REGISTRY)


def test_type_is_split_into_its_parts() -> None:
    assert parse_type("inzira.intake.person.died.v12") == ("inzira.intake.person.died", "intake", 12)
    assert topic_of("inzira.tvet.award.granted.v1") == "inzira.tvet"
    assert topic_of("inzira.access.recorded.v1") == "inzira.access"


@pytest.mark.parametrize(
    "type",
    ["", "x", "inzira.intake", "inzira.intake.person.died", DIED + "\n", DIED.upper(), "inzira.a.b.c.v0"],
)
def test_malformed_type_is_unknown(type: str) -> None:
    with pytest.raises(UnknownEventType):
        read_event(type, b"{}")


def test_unknown_name_is_told_from_unknown_major() -> None:
    with pytest.raises(UnknownEventType):
        read_event("inzira.intake.person.vanished.v1", b"{}")
    with pytest.raises(UnknownEventVersion):
        read_event(DIED_V2, b"{}")


def upcast_death(content: dict[str, Any]) -> dict[str, Any]:
    return content | {"reason_code": content["mode"]}


def test_older_major_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.REGISTRY, DIED_V2, PersonDiedV2)
    monkeypatch.setitem(UPCASTS, ("inzira.intake.person.died", 1), upcast_death)
    old = json.loads(make_death().to_bytes()) | {"mode": "ILLNESS"}
    event = read_event(DIED, json.dumps(old).encode())
    assert isinstance(event, PersonDiedV2)
    assert event.reason_code == "ILLNESS"


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 100_000])
def test_upcast_of_garbage_is_an_invalid_event(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setitem(registry.REGISTRY, DIED_V2, PersonDiedV2)
    monkeypatch.setitem(UPCASTS, ("inzira.intake.person.died", 1), upcast_death)
    with pytest.raises(InvalidEvent):
        read_event(DIED, data)
