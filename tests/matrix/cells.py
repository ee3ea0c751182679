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
    """One row for one operation: what it is about, and who may do it with what answer.

    `about` names what is addressed: nothing, a list or a count of people, a person, a place, or something a person
    (or a place) has. `otherwise` is the refusal of what is out of reach; `shows` are the people that what belongs to a
    place is about.
    """

    service: str
    operation: Operation
    about: str
    may: Mapping[str, str]
    situations: tuple[str, ...]
    reach: Mapping[str, frozenset[str]]
    shows: Mapping[str, frozenset[str]]
    refused: Mapping[str, Mapping[str, int]]
    ruled: tuple[str, ...]
    otherwise: int

    @property
    def label(self) -> str:
        return f"{self.operation[0]} {self.operation[1]}"

    @property
    def is_list(self) -> bool:
        return self.about in ("list", "count")


@dataclass(frozen=True)
class Matrix:
    """The whole policy."""

    principals: Mapping[str, Who]
    people: tuple[str, ...]
    reach: Mapping[str, frozenset[str]]
    """Whom each principal may see."""
    rules: Mapping[str, Mapping[Operation, Rule]]
    beyond_routes: Mapping[str, frozenset[str]]
    """Permissions that no route declares, with the principals who hold them."""

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

    def situations(self, rule: Rule) -> tuple[str, ...]:
        """What is asked about in turn; there is no facility that does not exist."""
        if rule.is_list or not rule.situations:
            return ("-",)
        return rule.situations if rule.about == "facility" else (*rule.situations, NONEXISTENT)

    def expected(self, rule: Rule, who: str, situation: str) -> int:
        """What is to come of a cell: 200 for whatever is answered or let through to the rules of the domain."""
        door = self.admitted(rule, who)
        if door != 200:
            return door
        if situation != "-" and situation not in rule.reach.get(who, frozenset()):
            return rule.otherwise
        return rule.refused.get(who, {}).get(situation, 200)

    def listed(self, rule: Rule, who: str) -> frozenset[str]:
        """Whom a list or a count is to be about."""
        return rule.reach.get(who, frozenset())

    def placed(self, rule: Rule, who: str, people: frozenset[str]) -> frozenset[str]:
        """Whom something of a place, where these people are, is to be about."""
        return rule.shows.get(who, frozenset()) & people


class PolicyFileError(Exception):
    """The hand-written policy contradicts itself or names what it does not define."""


@cache
def matrix() -> Matrix:
    """The policy, read once. Raises PolicyFileError."""
    table = _read("principals")
    principals = {name: _who(name, given) for name, given in table["principals"].items()}
    reader = Reader(tuple(table["people"]), principals, table["groups"], table["reach"])
    rules = {service: dict(reader.rules(service)) for service in SERVICES}
    beyond = {
        permission: frozenset(who for name in names for who in reader.members(name))
        for permission, names in table["beyond_routes"].items()
    }
    return Matrix(principals, reader.people, reader.reached(), rules, beyond)


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


@dataclass(frozen=True)
class Reader:
    """Turns rows into rules."""

    people: tuple[str, ...]
    principals: Mapping[str, Who]
    groups: Mapping[str, list[str]]
    reach: Mapping[str, Any]

    def rules(self, service: str) -> Iterator[tuple[Operation, Rule]]:
        """Of one service, the rows common to all among them. Raises PolicyFileError."""
        table, seen = _read(service), set[Operation]()
        has = {"person": list(self.people), **table.get("has", {})}
        own = {**_read("common"), **table}.get("reach", {})
        for row in [*table["operations"], *_read("common")["operations"]]:
            for text in row["routes"]:
                method, _, path = text.replace("{service}", service).partition(" ")
                if (method, path) in seen:
                    raise PolicyFileError(f"{text} has two rows")
                seen.add((method, path))
                yield (method, path), self._rule(service, (method, path), row, has, own)

    def reached(self) -> dict[str, frozenset[str]]:
        """Whom each principal may see."""
        return self._reach(self.people, self.reach)

    def _rule(
        self, service: str, operation: Operation, row: Mapping[str, Any], has: Mapping[str, Any], own: Mapping[str, Any]
    ) -> Rule:
        about = row["about"]
        kind = row.get("persons", "person") if about in ("list", "count") else about
        if about != "nothing" and not isinstance(kind, list) and kind not in has:
            raise PolicyFileError(f"{operation}: nothing says who or what has a {kind}")
        situations = () if about == "nothing" else tuple(kind if isinstance(kind, list) else has[kind])
        return Rule(
            service,
            operation,
            about,
            {who: view for names, view in row["may"].items() for who in self.members(names)},
            situations,
            self._reach(situations, self.reach, own.get(about, {}), row.get("reach", {})),
            self._reach(tuple(has[row["shows"]]) if "shows" in row else (), self.reach),
            self._refused(row.get("refused", {})),
            tuple(row.get("ruled", ())),
            row.get("otherwise", 404),
        )

    def members(self, name: str) -> tuple[str, ...]:
        """The principals a name stands for. Raises PolicyFileError."""
        if name in self.principals:
            return (name,)
        if name not in self.groups:
            raise PolicyFileError(f"no principal and no group is called {name}")
        return tuple(member for part in self.groups[name] for member in self.members(part))

    def _reach(self, situations: tuple[str, ...], *layers: Mapping[str, Any]) -> dict[str, frozenset[str]]:
        """Who reaches what; later layers stand over earlier ones."""
        found: dict[str, frozenset[str]] = {}
        for given in layers:
            for names, people in given.items():
                for who in self.members(names):
                    found[who] = frozenset(situations if people == "all" else people) & frozenset(situations)
        return found

    def _refused(self, given: Mapping[str, Mapping[int, list[str]]]) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for names, by_status in given.items():
            for who in self.members(names):
                for status, situations in by_status.items():
                    found.setdefault(who, {}).update(dict.fromkeys(situations, status))
        return found
