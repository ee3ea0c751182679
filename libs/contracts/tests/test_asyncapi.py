"""The generated AsyncAPI document: in step, whole, and true to topics and headers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest
import yaml
from inzira_contracts.asyncapi import DOCUMENT, HEADERS, build_document, main, render_document
from inzira_contracts.envelope import Envelope
from inzira_contracts.registry import REGISTRY
from inzira_contracts.topics import topics


def references(node: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_committed_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text("utf-8") == render_document()
    assert main(["--check"]) == 0


def test_stale_document_fails_until_written(tmp_path: Path) -> None:
    out = tmp_path / "docs" / "asyncapi.yaml"
    assert main(["--check", "--out", str(out)]) == 1
    assert main(["--write", "--out", str(out)]) == 0
    assert main(["--check", "--out", str(out)]) == 0


def test_document_goes_to_standard_output_unless_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert yaml.safe_load(capsys.readouterr().out)["asyncapi"] == "3.0.0"


def test_every_reference_resolves() -> None:
    document = build_document()
    for reference in set(references(document)):
        node: Any = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_channels_are_the_topics_and_carry_every_type_once() -> None:
    document = build_document()
    channels = document["channels"].values()
    assert {channel["address"] for channel in channels} == set(topics())
    carried = [name for channel in channels for name in channel["messages"]]
    assert sorted(carried) == sorted(event.__name__ for event in REGISTRY.values())
    assert all(channel["bindings"]["kafka"]["partitions"] == 12 for channel in channels)


def test_only_the_owner_sends_on_a_sequenced_topic() -> None:
    operations = build_document()["operations"]
    senders = [name for name, body in operations.items() if body["action"] == "send" and "access" not in name]
    assert sorted(senders) == [f"{one}_sends_{one}" for one in ("curriculum", "intake", "reintegration", "tvet")]


def test_examples_match_their_payload_schema() -> None:
    for message in build_document()["components"]["messages"].values():
        for example in message["examples"]:
            jsonschema_rs.validate(message["payload"], example["payload"])


def test_headers_of_the_envelope_match_the_document() -> None:
    envelope = Envelope(
        id=UUID(int=1),
        type="inzira.intake.person.died.v1",
        source="/services/intake",
        subject="person:1",
        time=datetime(2026, 1, 1, tzinfo=UTC),
        partitionkey="person:1",
        sequence=1,
        correlationid="request",
        causationid="event",
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )
    headers = {name: value.decode() for name, value in envelope.to_headers()}
    jsonschema_rs.validate(HEADERS, headers)
    assert headers.keys() == HEADERS["properties"].keys()
