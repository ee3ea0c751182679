"""Every event type, found by its name, and the one way to read an event from bytes."""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from inzira_contracts import access, curriculum, intake, reintegration, tvet
from inzira_contracts.event import Event, InvalidEvent

REGISTRY: dict[str, type[Event]] = {
    event.type: event for module in (intake, curriculum, tvet, reintegration, access) for event in module.EVENTS
}

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the data of one major into the data of the next; pure."""

UPCASTS: dict[tuple[str, int], Upcast] = {}
"""Keyed by (name without major, major it starts from)."""

_TYPE = re.compile(r"(?P<name>inzira\.(?P<service>[a-z]+)(\.[a-z_]+){1,2})\.v(?P<major>[1-9]\d{0,2})")


class UnknownEventType(LookupError):
    """No event of this name is in the catalogue."""


class UnknownEventVersion(LookupError):
    """The name is known, but no reader for this major exists."""


class TypeName(NamedTuple):
    """The parts of `inzira.<service>.<aggregate>.<past tense>.v<major>`."""

    name: str
    service: str
    major: int


@lru_cache(maxsize=1024)
def parse_type(type: str) -> TypeName:
    """Split a type. Raises UnknownEventType when it is not of the catalogue's form."""
    match = _TYPE.fullmatch(type)
    if match is None:
        raise UnknownEventType("the type is not of the form inzira.<service>.<aggregate>.<fact>.v<major>")
    return TypeName(match["name"], match["service"], int(match["major"]))


def topic_of(type: str) -> str:
    """The topic a type is published on: one per service (events.md 4)."""
    return f"inzira.{parse_type(type).service}"


def producer_of(type: str) -> str:
    """The one service that may write a type; `access` is written by every service."""
    return parse_type(type).service


def read_event(type: str, data: bytes) -> Event:
    """Read data of a type with today's classes, upcasting older majors first; unknown fields are dropped.

    Raises UnknownEventType, UnknownEventVersion, or InvalidEvent (whose message never holds a value).
    """
    name, _, major = parse_type(type)
    if (name, major) in UPCASTS:
        return _read_upcast(name, major, data)
    if type in REGISTRY:
        return REGISTRY[type].read(data)
    if any(known.rsplit(".v", 1)[0] == name for known in REGISTRY):
        raise UnknownEventVersion(f"{name} has no reader for major {major}")
    raise UnknownEventType(f"{name} is not in the catalogue")


def _read_upcast(name: str, major: int, data: bytes) -> Event:
    try:
        content = json.loads(data)
        while (name, major) in UPCASTS:
            content = UPCASTS[name, major](content)
            major += 1
        newest = json.dumps(content).encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InvalidEvent(f"{name}.v{major} could not be brought to the newest major") from None
    return REGISTRY[f"{name}.v{major}"].read(newest)
