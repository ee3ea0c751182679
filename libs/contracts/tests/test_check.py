"""The gate itself: the committed contracts pass, and every way to spoil them fails."""

import json
import shutil
from copy import deepcopy
from pathlib import Path

import pytest
from inzira_contracts import check, lint
from inzira_contracts.check import find_problems, main, write_snapshots
from inzira_contracts.intake import PersonDied
from inzira_contracts.lint import find_faults
from inzira_contracts.registry import REGISTRY, UPCASTS, read_event
from inzira_contracts.schema import SOURCE_ROOT, as_text, schema_of, snapshot_path

DIED = PersonDied.type


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    for folder in ("schemas", "examples"):
        shutil.copytree(SOURCE_ROOT / folder, tmp_path / folder)
    return tmp_path


def change_snapshot(root: Path, **changes: object) -> None:
    path = snapshot_path(DIED, root)
    path.write_text(as_text(json.loads(path.read_text()) | changes))


def test_committed_contracts_have_no_problem() -> None:
    assert find_problems() == []


def test_command_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "0 problems" in capsys.readouterr().out


def test_stale_snapshot_fails_until_written(contracts: Path) -> None:
    change_snapshot(contracts, description="Old words.")
    assert main(["--root", str(contracts)]) == 1
    assert main(["--root", str(contracts), "--write"]) == 0
    assert find_problems(contracts) == []


def test_missing_snapshot_fails(contracts: Path) -> None:
    snapshot_path(DIED, contracts).unlink()
    assert any("no committed schema" in problem for problem in find_problems(contracts))


def test_write_never_overwrites_what_readers_rely_on(contracts: Path) -> None:
    richer = deepcopy(schema_of(PersonDied))
    richer["properties"]["manner"] = {"type": "null", "default": None, "x-pii": "none"}
    snapshot_path(DIED, contracts).write_text(as_text(richer))
    assert write_snapshots(contracts) == [f"{DIED}: event.manner: removed"]
    assert json.loads(snapshot_path(DIED, contracts).read_text()) == richer
    assert main(["--root", str(contracts), "--write"]) == 1


def test_snapshot_without_class_needs_an_upcast(contracts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    orphan = "inzira.intake.person.lost.v1"
    snapshot_path(orphan, contracts).write_text(as_text(schema_of(PersonDied)))
    assert any(orphan in problem for problem in find_problems(contracts))
    monkeypatch.setitem(UPCASTS, ("inzira.intake.person.lost", 1), dict)
    assert find_problems(contracts) == []


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (f"{DIED}.json", b"{}", "missing"),
        (f"{DIED}--other.json", b"not json", "json_invalid"),
        ("inzira.intake.person.gone.v1.json", b"{}", "not in the catalogue"),
    ],
)
def test_unreadable_example_fails(contracts: Path, name: str, content: bytes, expected: str) -> None:
    (contracts / "examples" / name).write_bytes(content)
    assert any(expected in problem for problem in find_problems(contracts))


def test_example_with_a_field_too_many_fails(contracts: Path) -> None:
    path = contracts / "examples" / f"{DIED}.json"
    path.write_text(as_text(json.loads(path.read_text()) | {"more": 1}))
    assert any("not what the writer would write" in problem for problem in find_problems(contracts))


def test_missing_example_fails(contracts: Path) -> None:
    (contracts / "examples" / f"{DIED}.json").unlink()
    assert f"{DIED}: no example" in find_problems(contracts)


@pytest.mark.parametrize("file", sorted((SOURCE_ROOT / "examples").glob("*.json")), ids=lambda file: file.stem)
def test_example_is_readable_as_the_latest_event(file: Path) -> None:
    type = file.stem.split("--")[0]
    assert isinstance(read_event(type, file.read_bytes()), REGISTRY[type])


@pytest.mark.parametrize(
    ("field", "node", "expected"),
    [
        ("family_name", {"type": "string", "maxLength": 9, "x-pii": "none"}, "personal data"),
        ("national_id", {"type": "string", "maxLength": 16, "x-pii": "ref"}, "no such field"),
        ("ethnicity", {"type": "string", "enum": ["X"], "x-pii": "none"}, "no such field"),
        ("note", {"type": "string", "maxLength": 9, "x-pii": "encrypted"}, "free text"),
        ("level", {"type": "string", "maxLength": 9}, "x-pii must be"),
        ("level", {"type": "string", "maxLength": 9, "x-pii": "some"}, "x-pii must be"),
        ("level", {"type": "string", "x-pii": "none"}, "unbounded string"),
        ("level", {"anyOf": [{"type": "string"}, {"type": "null"}], "x-pii": "none"}, "unbounded string"),
        ("level", {"type": "integer", "minimum": 0, "x-pii": "none"}, "unbounded number"),
        ("level", {"type": "array", "items": {"type": "boolean"}, "x-pii": "none"}, "unbounded list"),
        ("level", {"type": "object", "x-pii": "none"}, "not a plain value"),
        ("level", {"x-pii": "none"}, "not a plain value"),
    ],
)
def test_field_rule_is_kept(field: str, node: lint.Schema, expected: str) -> None:
    faults = find_faults({"description": "A fact.", "properties": {field: node}})
    assert any(expected in fault for fault in faults)


def test_every_event_says_what_it_is() -> None:
    assert find_faults({"description": "", "properties": {}}) == ["event: no description"]


def test_topic_without_owner_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "topics", dict)
    assert any("no topic inzira.intake" in problem for problem in find_problems())
