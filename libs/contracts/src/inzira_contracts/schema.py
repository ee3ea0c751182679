"""The JSON Schema (2020-12) of an event type as it is published: flat, without references, open to growth."""

import json
from pathlib import Path
from typing import Any

from inzira_contracts.event import Event

Schema = dict[str, Any]

SOURCE_ROOT = Path(__file__).parents[2]
"""The library's folder in the repository, where `schemas/` and `examples/` are kept."""


def schema_of(event: type[Event]) -> Schema:
    """The schema of one type. Readers must ignore fields it does not name, so it does not forbid them."""
    raw = event.model_json_schema()
    properties = {name: _flat(node, raw.get("$defs", {})) for name, node in raw["properties"].items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:inzira:schema:{event.type}",
        "title": event.__name__,
        "description": " ".join((event.__doc__ or "").split()),
        "type": "object",
        "properties": properties,
        "required": sorted(raw["required"]),
    }


def _flat(node: Schema, definitions: dict[str, Schema]) -> Schema:
    """Resolve references, drop the titles pydantic derives, and lift x-pii of an alternative to its field."""
    resolved = definitions[node["$ref"].rsplit("/", 1)[1]] | node if "$ref" in node else dict(node)
    flat = {key: value for key, value in resolved.items() if key not in {"$ref", "title", "description"}}
    if "items" in flat:
        flat["items"] = _flat(flat["items"], definitions)
    if "anyOf" in flat:
        flat["anyOf"] = [_flat(option, definitions) for option in flat["anyOf"]]
        for option in flat["anyOf"]:
            if "x-pii" in option:
                flat["x-pii"] = option.pop("x-pii")
    if flat.get("type") == "null":
        flat.setdefault("x-pii", "none")
    return flat


def snapshot_path(type: str, root: Path = SOURCE_ROOT) -> Path:
    """Where the committed schema of a type lies."""
    return root / "schemas" / f"{type}.json"


def read_snapshots(root: Path = SOURCE_ROOT) -> dict[str, Schema]:
    """The committed schemas by type."""
    return {file.stem: json.loads(file.read_text("utf-8")) for file in sorted((root / "schemas").glob("*.json"))}


def as_text(content: object) -> str:
    """JSON as it is committed: indented, in the order given, with a final newline."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
