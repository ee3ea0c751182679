"""Each breaking change to a schema is caught, each allowed one passes."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from inzira_contracts.compatibility import find_breaks
from inzira_contracts.registry import REGISTRY
from inzira_contracts.schema import schema_of

Schema = dict[str, Any]
Change = Callable[[Schema], object]

BASE: Schema = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "pattern": "^[A-Z]{1,8}$", "x-pii": "none"},
        "day": {"type": "string", "format": "date", "x-pii": "none"},
        "count": {"type": "integer", "minimum": 0, "maximum": 100, "x-pii": "none"},
        "title": {"type": "string", "minLength": 1, "maxLength": 20, "x-pii": "none"},
        "sort": {"type": "string", "enum": ["A", "B"], "x-pii": "none"},
        "open": {"type": "string", "enum": ["A", "B"], "x-pii": "none", "x-unknown": "UNKNOWN"},
        "maybe": {
            "anyOf": [{"type": "integer", "maximum": 9}, {"type": "null"}],
            "default": None,
            "x-pii": "none",
        },
        "many": {
            "type": "array",
            "items": {"type": "string", "format": "uuid"},
            "maxItems": 5,
            "x-pii": "ref",
        },
    },
    "required": ["code", "count", "day", "many", "open", "sort", "title"],
}


def at(field: str, **values: object) -> Change:
    return lambda schema: schema["properties"][field].update(values)


def drop(field: str, keyword: str) -> Change:
    return lambda schema: schema["properties"][field].pop(keyword)


def add(field: str, node: Schema) -> Change:
    return lambda schema: schema["properties"].update({field: node})


BREAKS: dict[str, tuple[Change, str]] = {
    "field removed": (lambda s: s["properties"].pop("day"), "day: removed"),
    "optional field removed": (lambda s: s["properties"].pop("maybe"), "maybe: removed"),
    "made required": (lambda s: s["required"].append("maybe"), "maybe: made required"),
    "made optional": (lambda s: s["required"].remove("day"), "day: made optional"),
    "type changed": (at("count", type="number"), "count: type changed"),
    "format changed": (at("day", format="date-time"), "day: format changed"),
    "format added": (at("title", format="uuid"), "title: format changed"),
    "format dropped": (drop("day", "format"), "day: format changed"),
    "pattern changed": (at("code", pattern="^[A-Z]{1,4}$"), "code: pattern changed"),
    "pattern added": (at("title", pattern="^a"), "title: pattern changed"),
    "maximum narrowed": (at("count", maximum=99), "count: maximum narrowed"),
    "maximum widened": (at("count", maximum=101), "count: maximum widened"),
    "maximum dropped": (drop("count", "maximum"), "count: maximum widened"),
    "minimum narrowed": (at("count", minimum=1), "count: minimum narrowed"),
    "minimum widened": (at("count", minimum=-1), "count: minimum widened"),
    "length narrowed": (at("title", maxLength=19), "title: maxLength narrowed"),
    "length bounded anew": (at("code", minLength=2), "code: minLength narrowed"),
    "list shortened": (at("many", maxItems=4), "many: maxItems narrowed"),
    "item format changed": (at("many", items={"type": "string", "format": "date"}), "many[]: format changed"),
    "items dropped": (drop("many", "items"), "many: items changed"),
    "code removed": (at("sort", enum=["A"]), "sort: code B removed"),
    "code removed from an open list": (at("open", enum=["B"]), "open: code A removed"),
    "code added without fallback": (at("sort", enum=["A", "B", "C"]), "sort: code C added"),
    "fallback declared together with growth": (
        at("sort", enum=["A", "B", "C"], **{"x-unknown": "UNKNOWN"}),
        "sort: code C added",
    ),
    "fallback dropped": (drop("open", "x-unknown"), "open: x-unknown changed"),
    "list opened": (drop("sort", "enum"), "sort: became an open value"),
    "value closed": (at("title", enum=["A"]), "title: became a closed list"),
    "null no longer allowed": (at("maybe", anyOf=[{"type": "integer", "maximum": 9}]), "maybe: alternatives"),
    "alternative narrowed": (
        at("maybe", anyOf=[{"type": "integer", "maximum": 8}, {"type": "null"}]),
        "maybe: maximum narrowed",
    ),
    "default changed": (at("maybe", default=1), "maybe: default changed"),
    "privacy changed": (at("many", **{"x-pii": "none"}), "many: x-pii changed"),
    "new field required": (
        lambda s: (add("fresh", {"type": "null", "default": None})(s), s["required"].append("fresh")),
        "fresh: a new field",
    ),
    "new field without default": (add("fresh", {"type": "null"}), "fresh: a new field"),
}

ALLOWED: dict[str, Change] = {
    "nothing": lambda _: None,
    "new optional field with default": add("fresh", {"type": "null", "default": None, "x-pii": "none"}),
    "code added where readers fall back": at("open", enum=["A", "B", "C"]),
    "order of codes": at("open", enum=["B", "A"]),
    "words": lambda schema: schema.update(description="Better said."),
}


@pytest.mark.parametrize("change", BREAKS)
def test_breaking_change_is_caught(change: str) -> None:
    mutate, expected = BREAKS[change]
    new = deepcopy(BASE)
    mutate(new)
    assert any(expected in found for found in find_breaks(BASE, new))


@pytest.mark.parametrize("change", ALLOWED)
def test_compatible_change_passes(change: str) -> None:
    new = deepcopy(BASE)
    ALLOWED[change](new)
    assert find_breaks(BASE, new) == []


def test_keyword_without_a_rule_stops_the_gate() -> None:
    new = deepcopy(BASE)
    new["properties"]["code"]["multipleOf"] = 2
    with pytest.raises(ValueError, match="multipleOf"):
        find_breaks(BASE, new)


@pytest.mark.parametrize("type", sorted(REGISTRY))
def test_dropping_any_field_of_any_event_is_caught(type: str) -> None:
    old = schema_of(REGISTRY[type])
    for name in old["properties"]:
        new = deepcopy(old)
        del new["properties"][name]
        assert any(f".{name}: removed" in found for found in find_breaks(old, new))
