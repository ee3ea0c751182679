"""`python -m inzira_contracts.asyncapi [--write | --check]`: the AsyncAPI 3.0 document, from the registry.

Channels are topics, messages are event types, operations say which service sends and which receives.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from inzira_contracts.event import Event, PersonEvent
from inzira_contracts.registry import REGISTRY, topic_of
from inzira_contracts.schema import SOURCE_ROOT, schema_of
from inzira_contracts.topics import Topic, topics

Document = dict[str, Any]

DOCUMENT = SOURCE_ROOT.parents[1] / "docs" / "asyncapi.yaml"
DAY_MS = 86_400_000
UUID_PATTERN = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

HEADERS: Document = {
    "type": "object",
    "description": "CloudEvents 1.0, Kafka binding, binary mode. Values are UTF-8; readers ignore others.",
    "required": [
        "content-type",
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_time",
        "ce_partitionkey",
        "ce_sequence",
    ],
    "properties": {
        "content-type": {"type": "string", "const": "application/json"},
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "UUIDv7; consumers apply each id once"},
        "ce_source": {"type": "string", "pattern": "^/services/[a-z]+$"},
        "ce_type": {"type": "string", "description": "inzira.<service>.<aggregate>.<past tense>.v<major>"},
        "ce_subject": {"type": "string", "maxLength": 256, "description": "The stream"},
        "ce_time": {"type": "string", "format": "date-time", "description": "When it was recorded"},
        "ce_dataschema": {"type": "string", "pattern": "^urn:inzira:schema:"},
        "ce_partitionkey": {"type": "string", "maxLength": 256, "description": "The record's key"},
        "ce_sequence": {
            "type": "string",
            "pattern": "^[0-9]{1,18}$",
            "description": "Version in the stream, from 1 without gaps; 0 where a topic is unsequenced",
        },
        "ce_correlationid": {"type": "string", "maxLength": 256, "description": "The request it began with"},
        "ce_causationid": {"type": "string", "maxLength": 256, "description": "The event it follows from"},
        "ce_traceparent": {
            "type": "string",
            "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
        },
        "inzira_epoch": {
            "type": "string",
            "pattern": "^[0-9]{1,18}$",
            "description": "Which of the broker's successive logs it was sent to",
        },
    },
}


def build_document(root: Path = SOURCE_ROOT) -> Document:
    """The whole document. Examples come from `root`/examples. Raises OSError when one is missing."""
    known = topics().values()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Inzira events",
            "version": "1.0.0",
            "description": (
                "One topic per service; key = stream, so one person's events stay in order. Events are thin: "
                "ids, codes and dates, no names and no free text. A breaking change is a new major beside "
                "the old one."
            ),
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "{bootstrap}",
                "protocol": "kafka",
                "variables": {"bootstrap": {"default": "localhost:9092", "description": "host:port"}},
            }
        },
        "channels": {_short(topic): _channel(topic) for topic in known},
        "operations": {name: body for topic in known for name, body in _operations(topic).items()},
        "components": {
            "schemas": {"CloudEventHeaders": HEADERS},
            "messages": {event.__name__: _message(event, root) for event in REGISTRY.values()},
        },
    }


def _short(topic: Topic) -> str:
    return topic.name.rsplit(".", 1)[1]


def _channel(topic: Topic) -> Document:
    names = [event.__name__ for type, event in REGISTRY.items() if topic_of(type) == topic.name]
    return {
        "address": topic.name,
        "description": topic.description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["delete"],
                    "retention.ms": topic.retention_days * DAY_MS,
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operations(topic: Topic) -> Document:
    channel = {"$ref": f"#/channels/{_short(topic)}"}
    sends = {f"{service}_sends_{_short(topic)}": {"action": "send", "channel": channel} for service in topic.producers}
    receives = {
        f"{service}_receives_{_short(topic)}": {"action": "receive", "channel": channel} for service in topic.consumers
    }
    return sends | receives


def _message(event: type[Event], root: Path) -> Document:
    schema = {key: value for key, value in schema_of(event).items() if not key.startswith("$")}
    example = json.loads((root / "examples" / f"{event.type}.json").read_text("utf-8"))
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": schema.pop("description"),
        "contentType": "application/json",
        "headers": {
            "allOf": [
                {"$ref": "#/components/schemas/CloudEventHeaders"},
                {"type": "object", "properties": {"ce_type": {"type": "string", "const": event.type}}},
            ]
        },
        "payload": schema,
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": {"kafka": {"key": _key_schema(event), "bindingVersion": "0.5.0"}},
        "examples": [{"name": event.__name__, "payload": example}],
    }


def _key_schema(event: type[Event]) -> Document:
    person = issubclass(event, PersonEvent)
    return {
        "type": "string",
        "pattern": f"^person:{UUID_PATTERN}$" if person else "^[a-z]+:[A-Za-z0-9._:-]+$",
    }


class _Plain(yaml.SafeDumper):
    """Writes every value out: a reader should not have to follow anchors."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the signature is the base class's
        return True


def render_document(root: Path = SOURCE_ROOT) -> str:
    """The document as YAML, the text that is committed."""
    text = yaml.dump(build_document(root), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)
    return "# Generated by `python -m inzira_contracts.asyncapi --write`; do not edit.\n" + text


def main(arguments: Sequence[str] | None = None) -> int:
    """The command's exit code: 0 when written, printed, or found up to date."""
    parser = argparse.ArgumentParser(prog="python -m inzira_contracts.asyncapi", description=__doc__)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--write", action="store_true", help="write the document")
    mode.add_argument("--check", action="store_true", help="fail when the document is out of date")
    parser.add_argument("--out", type=Path, default=DOCUMENT, help="where the document lies")
    options = parser.parse_args(arguments)
    text = render_document()
    if options.write:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text, "utf-8")
    elif not options.check:
        sys.stdout.write(text)
    elif not options.out.exists() or options.out.read_text("utf-8") != text:
        sys.stderr.write("the AsyncAPI document is out of date; run with --write\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
