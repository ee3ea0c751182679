"""`python -m inzira_contracts.check [--write]`: are the contracts what was committed, and still compatible?

Without --write nothing is changed and any difference fails. With it, snapshots are brought up to date, except
where that would break a reader: then the event needs a new major beside the old one.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from inzira_contracts.compatibility import find_breaks
from inzira_contracts.event import Event, InvalidEvent
from inzira_contracts.lint import find_faults
from inzira_contracts.policy import policy
from inzira_contracts.registry import REGISTRY, UPCASTS, parse_type, producer_of, read_event, topic_of
from inzira_contracts.schema import SOURCE_ROOT, as_text, read_snapshots, schema_of, snapshot_path
from inzira_contracts.topics import topics


def find_problems(root: Path = SOURCE_ROOT) -> list[str]:
    """Everything wrong between today's classes and the committed schemas and examples under `root`."""
    return [*_snapshot_problems(root), *_rule_problems(), *_example_problems(root), *_topic_problems()]


def write_snapshots(root: Path = SOURCE_ROOT) -> list[str]:
    """Bring the schemas under `root` up to date; returns what was refused because it breaks readers."""
    committed, refused = read_snapshots(root), []
    (root / "schemas").mkdir(exist_ok=True)
    for type, event in REGISTRY.items():
        schema = schema_of(event)
        breaks = find_breaks(committed[type], schema) if type in committed else []
        refused += [f"{type}: {one}" for one in breaks]
        if not breaks:
            snapshot_path(type, root).write_text(as_text(schema), "utf-8")
    return refused


def _snapshot_problems(root: Path) -> Iterator[str]:
    committed = read_snapshots(root)
    for type in sorted(committed.keys() - REGISTRY.keys()):
        if parse_type(type)[::2] not in UPCASTS:
            yield f"{type}: has a committed schema but neither class nor upcast; old journals hold it"
    for type, event in REGISTRY.items():
        schema = schema_of(event)
        if type not in committed:
            yield f"{type}: no committed schema; run with --write"
            continue
        breaks = find_breaks(committed[type], schema)
        yield from (f"{type}: {one}; make a new major" for one in breaks)
        if not breaks and committed[type] != schema:
            yield f"{type}: the committed schema is out of date; run with --write"


def _rule_problems() -> Iterator[str]:
    for type, event in REGISTRY.items():
        yield from (f"{type}: {fault}" for fault in find_faults(schema_of(event)))


def _example_problems(root: Path) -> Iterator[str]:
    examples = sorted((root / "examples").glob("*.json"))
    for file in examples:
        type = file.stem.split("--")[0]
        try:
            _read_example(type, file)
        except (LookupError, ValueError) as error:
            yield f"examples/{file.name}: {error}"
    for type in sorted(REGISTRY.keys() - {file.stem for file in examples}):
        yield f"{type}: no example"


def _read_example(type: str, file: Path) -> None:
    """Raises LookupError or ValueError when today's reader, or the type's own writer, refuses the example."""
    data = file.read_bytes()
    event: Event = read_event(type, data)
    if event.type == type and json.loads(data) != json.loads(event.to_bytes()):
        raise InvalidEvent("is not what the writer would write")


def _topic_problems() -> Iterator[str]:
    known = topics()
    for type in REGISTRY:
        topic = known.get(topic_of(type))
        if topic is None:
            yield f"{type}: no topic {topic_of(type)}"
        elif topic.sequenced and topic.producers != (producer_of(type),):
            yield f"{topic.name}: only {producer_of(type)} may write it"
    if not policy().permissions:
        yield "policy.yaml: no permissions"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command's exit code: 0 when all is well."""
    parser = argparse.ArgumentParser(prog="python -m inzira_contracts.check", description=__doc__)
    parser.add_argument("--write", action="store_true", help="bring the committed schemas up to date")
    parser.add_argument("--root", type=Path, default=SOURCE_ROOT, help="folder of schemas/ and examples/")
    options = parser.parse_args(arguments)
    problems = write_snapshots(options.root) if options.write else []
    problems = problems or find_problems(options.root)
    for problem in problems:
        sys.stderr.write(problem + "\n")
    sys.stdout.write(f"{len(REGISTRY)} event types, {len(problems)} problems\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
