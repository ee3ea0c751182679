"""The hand-written policy, expanded: every principal, every operation, every situation, and what is to come of it.

It reads `policy/*.yaml` and nothing of the product: neither the policy table, nor the documents, nor the databases.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from inzira_platform.auth import Principal

FOLDER = Path(__file__).parent / "policy"
SERVICES = ("intake", "curriculum", "tvet", "reintegration", "gateway")
NOBODY = "nobody"
NONEXISTENT = "nonexistent"
DONE = "done"
"""What a row says of a write instead of a view."""

Operation = tuple[str, str]
"""Method and template."""


@dataclass(frozen=True)
class Who:
    """A principal of the matrix: what its token says."""

    name: str
    role: str | None
    scope: str
    principal: Principal


@dataclass(frozen=True)
class Rule:
    """One row for one operation: what it is about, and who may do it with what answer."""

    service: str
    operation: Operation
    about: str
    may: Mapping[str, str]
    persons: Any

    @property
    def label(self) -> str:
        return f"{self.operation[0]} {self.operation[1]}"


@dataclass(frozen=True)
class Matrix:
    """The whole policy."""

    principals: Mapping[str, Who]
    people: tuple[str, ...]
    reach: Mapping[str, frozenset[str]]
    rules: Mapping[str, Mapping[Operation, Rule]]

    def admitted(self, rule: Rule, who: str) -> int:
        """What the door is to say: 401, 403, or 200 for whoever is let through to the rule itself."""
        if who in rule.may:
            return 200
        return 401 if who == NOBODY else 403

    def door_cells(self, service: str) -> Iterator[tuple[Rule, str, int]]:
        """Every operation of a service with every principal, and what the door is to say."""
        for rule in self.rules[service].values():
            for who in self.principals:
                yield rule, who, self.admitted(rule, who)


class PolicyFileError(Exception):
    """The hand-written policy contradicts itself or names what it does not define."""


@cache
def matrix() -> Matrix:
    """The policy, read once. Raises PolicyFileError."""
    table = _read("principals")
    people = tuple(table["people"])
    principals = {name: _who(name, given) for name, given in table["principals"].items()}
    groups = {name: _members(name, table["groups"], principals) for name in table["groups"]}
    reach = {name: _reach(name, given, people) for name, given in table["reach"].items()}
    if reach.keys() != principals.keys() - {NOBODY}:
        raise PolicyFileError(f"reach is not that of the principals: {reach.keys() ^ principals.keys()}")
    rules = {service: dict(_rules(service, principals, groups)) for service in SERVICES}
    return Matrix(principals, people, reach, rules)


def _read(name: str) -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return table


def _who(name: str, given: Mapping[str, str]) -> Who:
    role = given.get("role")
    facility = given.get("facility")
    principal = Principal(
        sub=given.get("sub", f"acc-{name.replace('_', '-')}"),
        roles=frozenset({role} if role else ()),
        scope_kind=given.get("scope", "none"),
        facilities=(facility,) if facility else (),
        org=given.get("org"),
        agency="RCS" if facility else given.get("org"),
    )
    return Who(name, role, principal.scope_kind, principal)


def _members(name: str, groups: Mapping[str, list[str]], principals: Mapping[str, Who]) -> tuple[str, ...]:
    if name in principals:
        return (name,)
    if name not in groups:
        raise PolicyFileError(f"no principal and no group is called {name}")
    return tuple(member for part in groups[name] for member in _members(part, groups, principals))


def _reach(name: str, given: Any, people: tuple[str, ...]) -> frozenset[str]:  # noqa: ANN401 - a list or `all`
    found = frozenset(people if given == "all" else given)
    if not found <= frozenset(people):
        raise PolicyFileError(f"{name} reaches people there are not: {sorted(found - frozenset(people))}")
    return found


def _rules(
    service: str, principals: Mapping[str, Who], groups: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[Operation, Rule]]:
    seen: set[Operation] = set()
    for row in [*_read(service)["operations"], *_read("common")["operations"]]:
        may: dict[str, str] = {}
        for name, view in row["may"].items():
            members = groups[name] if name in groups else _members(name, {}, principals)
            may.update(dict.fromkeys(members, view))
        for text in row["routes"]:
            method, _, path = text.replace("{service}", service).partition(" ")
            if (method, path) in seen:
                raise PolicyFileError(f"{text} has two rows")
            seen.add((method, path))
            yield (method, path), Rule(service, (method, path), row["about"], may, row.get("persons"))
