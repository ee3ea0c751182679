"""Reads the rule files shipped with the service. The only place that knows they are YAML."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from inzira_tvet.programme.domain import (
    Catalogue,
    CatalogueError,
    Module,
    ModuleKind,
    Programme,
    RuleSet,
    SittingRule,
    Trade,
    check_catalogue,
)

Document = Mapping[str, Any]


@cache
def load_catalogue() -> Catalogue:
    """The catalogue of this version of the service, read once per process.

    Raises CatalogueError when the files contradict themselves, KeyError when a needed key is missing.
    """
    folder = files("inzira_tvet").joinpath("rulesets")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return build_catalogue([yaml.safe_load(folder.joinpath(name).read_text("utf-8")) for name in names])


def build_catalogue(documents: list[Document]) -> Catalogue:
    """Assemble and check parsed documents of kind `trades`, `rules` and `programme`.

    Raises CatalogueError for an unknown kind, an unknown rule set or any contradiction.
    """
    by_kind: dict[str, list[Document]] = {"trades": [], "rules": [], "programme": []}
    for document in documents:
        if document["kind"] not in by_kind:
            raise CatalogueError(f"unknown kind of rule file: {document['kind']}")
        by_kind[document["kind"]].append(document)
    rules = {entry["id"]: _rule_set(entry) for entry in by_kind["rules"]}
    newest = max(by_kind["trades"], key=lambda entry: entry["version"])
    catalogue = Catalogue(
        trades=tuple(Trade(code=t["code"], names=dict(t["names"])) for t in newest["trades"]),
        programmes=tuple(_programme(entry, rules) for entry in by_kind["programme"]),
    )
    check_catalogue(catalogue)
    return catalogue


def _rule_set(entry: Document) -> RuleSet:
    """One rules document as a RuleSet."""
    return RuleSet(
        id=entry["id"],
        version=entry["version"],
        valid_from=entry["valid_from"],
        module=_sitting_rule(entry["module"]),
        integrated=_sitting_rule(entry["integrated"]),
        assessor_differs_from_instructor=entry["integrated"]["assessor_differs_from_instructor"],
        verifier_differs_from_assessor=entry["award"]["verifier_differs_from_assessor"],
        min_attendance_percent=entry["award"]["min_attendance_percent"],
    )


def _sitting_rule(entry: Document) -> SittingRule:
    """The reassessment rule of a section."""
    return SittingRule(entry["max_reassessments"], entry["min_days_between"])


def _programme(entry: Document, rules: Mapping[str, RuleSet]) -> Programme:
    """One programme document as a Programme under its rule set."""
    if entry["rule_set"] not in rules:
        raise CatalogueError(f"{entry['code']}: unknown rule set {entry['rule_set']}")
    return Programme(
        code=entry["code"],
        version=entry["version"],
        valid_from=entry["valid_from"],
        trade=entry["trade"],
        rtqf_level=entry["rtqf_level"],
        names=dict(entry["names"]),
        hours=entry["hours"],
        entry=entry["entry"],
        rules=rules[entry["rule_set"]],
        modules=tuple(_module(module) for module in entry["modules"]),
    )


def _module(entry: Document) -> Module:
    """One module of a programme document."""
    return Module(
        code=entry["code"],
        kind=ModuleKind(entry["kind"]),
        hours=entry["hours"],
        title=entry["title"],
        outcomes=dict(entry["outcomes"]),
    )
