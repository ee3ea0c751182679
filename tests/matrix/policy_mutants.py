"""Every line of the policy table turned round, one at a time: a role taken from a permission or given to it, what is
public closed and what is closed made public, a role's scope kind changed, a line struck out.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from unittest.mock import patch

import yaml
from cells import NOBODY, Matrix, Rule
from doors import Door, DoorBrokenError, first_difference
from inzira_contracts import policy as module
from inzira_contracts.policy import SCOPES, policy
from inzira_gateway.account.models import Account
from inzira_gateway.session.service import principal_of

Table = dict[str, Any]
STRUCK_OUT = "struck out"


@dataclass(frozen=True)
class Mutant:
    """A table with one line changed."""

    name: str
    table: Table
    permission: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What gave a mutant away; None when nothing did."""

    mutant: Mutant
    caught_by: str | None


def table_as_it_is() -> Table:
    """policy.yaml."""
    table: Table = yaml.safe_load((files(module.__package__) / "policy.yaml").read_text("utf-8"))
    return table


def mutants_of(table: Table) -> Iterator[Mutant]:
    """All of them."""
    for permission, line in table["permissions"].items():
        yield from _of_permission(table, permission, line)
    for role, line in table["roles"].items():
        for kind in sorted(SCOPES - {line["scope"]}):
            changed = copy.deepcopy(table)
            changed["roles"][role]["scope"] = kind
            yield Mutant(f"{role}: scope {kind}", changed, role=role)
        changed = copy.deepcopy(table)
        del changed["roles"][role]
        yield Mutant(f"{role}: {STRUCK_OUT}", changed, role=role)


def _of_permission(table: Table, permission: str, line: Mapping[str, Any]) -> Iterator[Mutant]:
    held = list(line.get("roles", ()))
    for role in table["roles"]:
        verb, roles = ("without", [one for one in held if one != role]) if role in held else ("with", [*held, role])
        changed = copy.deepcopy(table)
        changed["permissions"][permission] = {"about": line["about"], "roles": roles}
        if not line.get("public"):  # a role more or less on a public line changes nothing for anybody
            yield Mutant(f"{permission}: {verb} {role}", changed, permission, role)
    changed = copy.deepcopy(table)
    changed["permissions"][permission] = {**line, "public": not line.get("public", False)}
    yield Mutant(f"{permission}: {'closed' if line.get('public') else 'public'}", changed, permission)
    changed = copy.deepcopy(table)
    del changed["permissions"][permission]
    yield Mutant(f"{permission}: {STRUCK_OUT}", changed, permission)


@contextmanager
def in_force(table: Table) -> Iterator[None]:
    """The product reads `table` in place of policy.yaml until the block ends. Raises what reading it raises."""
    policy.cache_clear()
    try:
        with patch.object(module.yaml, "safe_load", lambda _text: copy.deepcopy(table)):
            policy()
        yield
    finally:
        policy.cache_clear()


async def judge(policy_by_hand: Matrix, doors: Mapping[str, Door], mutant: Mutant) -> Verdict:
    """Ask the cells a mutant concerns, until one differs."""
    try:
        with in_force(mutant.table):
            caught = _scope_difference(policy_by_hand, mutant) or await _cell_difference(policy_by_hand, doors, mutant)
    except (ValueError, KeyError) as error:
        caught = f"not read: {error}"
    except DoorBrokenError as error:
        if not mutant.name.endswith(STRUCK_OUT):
            raise
        caught = str(error)  # a route asks for what the table does not know
    return Verdict(mutant, caught)


async def _cell_difference(policy_by_hand: Matrix, doors: Mapping[str, Door], mutant: Mutant) -> str | None:
    if mutant.permission is None:
        return None
    if mutant.permission in policy_by_hand.beyond_routes:
        return holder_difference(policy_by_hand, mutant.permission)
    for service, door in doors.items():
        rules = [
            rule
            for rule in policy_by_hand.rules[service].values()
            if door.permission_of(rule.operation) == mutant.permission
        ]
        found = await first_difference(policy_by_hand, door, rules, _most_telling(policy_by_hand, rules, mutant))
        if found is not None:
            return found
    return None


def holder_difference(policy_by_hand: Matrix, permission: str) -> str | None:
    """Who holds, or does not hold, a permission no route declares, against what is written."""
    wanted = policy_by_hand.beyond_routes[permission]
    for name, who in policy_by_hand.principals.items():
        if policy().allows(permission, frozenset({who.role or ""})) != (name in wanted):
            return f"{name} {'lacks' if name in wanted else 'holds'} {permission}"
    return None


def _most_telling(policy_by_hand: Matrix, rules: Sequence[Rule], mutant: Mutant) -> list[str]:
    """The principals of the role that changed first, then the one without a token, then everybody."""
    if not rules:
        return []
    names = list(policy_by_hand.principals)
    return sorted(names, key=lambda name: (policy_by_hand.principals[name].role != mutant.role, name != NOBODY))


def _scope_difference(policy_by_hand: Matrix, mutant: Mutant) -> str | None:
    """Whether an account of the role would sign in with another reach than is written."""
    if mutant.permission is not None:
        return None
    for who in policy_by_hand.principals.values():
        if who.role == mutant.role:
            given = principal_of(Account(role=who.role, facilities=[], districts=[], epoch=1)).scope_kind
            if given != who.scope:
                return f"{who.name} would sign in with scope {given}, not {who.scope}"
    return None
