"""Rules every event field must keep, whatever its type: declared privacy, bounds, no personal data."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

PII = frozenset({"none", "ref", "encrypted"})
_PERSONAL_WORDS = """
    name names surname forename firstname lastname nickname phone telephone mobile email mail nid passport
    address village cell gps photo fingerprint thumbprint signature text note notes comment comments remark
    remarks narrative description detail details offence offense crime diagnosis health disease medicine
    religion mother father spouse child children
"""
PERSONAL = frozenset(_PERSONAL_WORDS.split())
NEVER = frozenset({"ethnicity", "ethnic", "tribe", "clan", "race", "ubwoko"})


def find_faults(schema: Schema) -> list[str]:
    """What in an event's schema breaks the house rules (events.md 4), in plain words; empty if nothing."""
    faults = [] if schema.get("description") else ["event: no description"]
    for name, node in schema["properties"].items():
        faults += [f"{name}: {fault}" for fault in (*_name_faults(name), *_field_faults(node))]
    return faults


def _name_faults(name: str) -> Iterator[str]:
    words = set(name.split("_"))
    if words & NEVER or "national_id" in name:
        yield "Inzira has no such field anywhere"
    if words & PERSONAL:
        yield "named like personal data or free text: events carry ids and codes"


def _field_faults(node: Schema) -> Iterator[str]:
    if node.get("x-pii") not in PII:
        yield "x-pii must be none, ref or encrypted"
    for option in node.get("anyOf", [node]):
        yield from _bound_faults(option)


def _bound_faults(node: Schema) -> Iterator[str]:
    kind = node.get("type")
    if kind == "string" and not node.keys() & {"pattern", "format", "enum", "const", "maxLength"}:
        yield "an unbounded string"
    if kind in {"integer", "number"} and not {"minimum", "maximum"} <= node.keys():
        yield "an unbounded number"
    if kind == "array":
        if "maxItems" not in node:
            yield "an unbounded list"
        yield from _bound_faults(node.get("items", {}))
    if kind not in {"string", "integer", "number", "boolean", "array", "null"}:
        yield "not a plain value or a list of them"
