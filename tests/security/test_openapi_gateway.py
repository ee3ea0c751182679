"""The gateway answers as its document says, with all four services listening behind it."""

import asyncio
from collections.abc import Callable
from typing import Any

from contract import Findings, hold_to_contract
from fleet import Ground, caller_for
from front import listening_front
from inzira_contracts.policy import policy
from inzira_platform.testing.client import principal_of
from openapi_runs import told

USED_UP = {("DELETE", "/v1/sessions/current")}
"""Operations that end what the run itself needs; their own tests ask them."""
REFUSALS = {403, 404, 405}
"""Not yours, not there, and another method than the path takes."""


async def test_the_gateway_keeps_its_contract(ground: Ground) -> None:
    """Its own routes in full, the passed-through ones in a sample: no 5xx, nothing undocumented, nothing echoed."""
    async with listening_front(ground) as front:

        def token_of(permission: str) -> str | None:
            return front.tokens.get(next(iter(caller_for(permission).roles)))

        own, passed = _split(front.document)
        for part, examples, phases in ((own, 10, None), (passed, 4, ("examples", "fuzzing"))):
            findings = await asyncio.to_thread(
                hold_to_contract, front.url, part, token_of, front.known, examples=examples, phases=phases
            )
            told("gateway", findings)


async def test_every_principal_is_answered_as_documented_and_refused_what_is_not_theirs(ground: Ground) -> None:
    """Each role asks every operation: a refusal where its permission is missing, the document's word elsewhere."""
    async with listening_front(ground) as front:
        assert front.tokens.keys() == policy().roles - {"system"}, "nobody signs in as a service"
        everything = _without_used_up(front.document)
        for role, token in front.tokens.items():
            findings = await asyncio.to_thread(
                hold_to_contract,
                front.url,
                everything,
                lambda _permission, token=token: token,
                front.known,
                examples=1,
                phases=("fuzzing",),
            )
            told(role, findings)
            assert _let_through(role, everything, findings) == {}


def _let_through(role: str, document: dict[str, Any], findings: Findings) -> dict[str, list[int]]:
    """Operations without permission of this role that answered otherwise than by a refusal of the caller."""
    principal = principal_of(role)
    found = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            permission, label = operation["x-permission"], f"{method.upper()} {path}"
            if policy().is_public(permission) or principal.can(permission):
                continue
            asked = findings.statuses.get(label, {})
            assert asked, f"{role} never asked {label}"
            others = sorted(asked.keys() - REFUSALS)
            if others:
                found[label] = others
    return found


def _split(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The gateway's own operations, and those of the services."""
    whole = _without_used_up(document)
    return (
        _with(whole, lambda _, operation: operation["x-service"] == "gateway"),
        _with(whole, lambda _, operation: operation["x-service"] != "gateway"),
    )


def _without_used_up(document: dict[str, Any]) -> dict[str, Any]:
    return _with(document, lambda place, _: place not in USED_UP)


def _with(document: dict[str, Any], wanted: Callable[[tuple[str, str], dict[str, Any]], bool]) -> dict[str, Any]:
    """The document with those operations alone."""
    paths = {
        path: {method: operation for method, operation in item.items() if wanted((method.upper(), path), operation)}
        for path, item in document["paths"].items()
    }
    return {**document, "paths": {path: item for path, item in paths.items() if item}}
