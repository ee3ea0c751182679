"""Cursors of other lists, If-Match nonsense, and one key for twenty requests at once, in every service."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from contract import refusal_of
from fleet import SERVICES, Deployed, Ground, caller_for, may_be_called
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Caller
from lists import NO_CURSORS, UNTRUE, encoded, paged_lists
from seeds import known_values, repeatable, seed

IF_MATCH = (
    "*", 'W/"1"', '"1", "2"', '"-1"', '"1', "1,1", '""', '"99999999999999999999"', '"2147483648"', '"1e3"', "'1'",
    '"\u00b2"', '" 1 "', '"0x1"', "x" * 4000, '"true"',
)  # fmt: skip


@pytest.fixture(params=sorted(SERVICES))
async def deployed(request: pytest.FixtureRequest, ground: Ground) -> AsyncIterator[Deployed]:
    """Each deployable in turn, with a few facts."""
    async with ground.deployed(request.param, door=False) as running:
        await seed(running)
        yield running


def allowed(deployed: Deployed, permission: str) -> Caller:
    """Somebody who may; a partner where none of the staff may."""
    if not may_be_called(permission):
        return deployed.api.as_("partner")
    return deployed.api.as_principal(caller_for(permission))


async def test_cursors_of_nobody_and_of_other_lists(deployed: Deployed) -> None:
    """200 with a page or 422 with `cursor` named: never anything else, and never another reach."""
    known = await known_values(deployed)
    lists = [one for one in paged_lists(deployed.api.app.openapi()) if may_be_called(one.permission)]
    own: list[str] = []
    for one in lists:
        answer = await allowed(deployed, one.permission).get(one.filled(known), params={"limit": 1})
        if answer.status_code == 200 and answer.json().get("next_cursor"):
            own.append(answer.json()["next_cursor"])
    assert lists
    wrong = []
    for one in lists:
        caller = allowed(deployed, one.permission)
        for cursor in (*own, *map(encoded, UNTRUE), *NO_CURSORS):
            answer = await caller.get(one.filled(known), params={"cursor": cursor, "limit": 1})
            if answer.status_code != 200 and refusal_of(answer, 404, 422) is None:
                wrong.append(f"{one.path} {cursor[:40]} {answer.status_code} {answer.text[:200]}")
    assert wrong == []


async def test_if_match_that_is_no_version(deployed: Deployed) -> None:
    """412 or 428 where the thing is there, never a change and never a failure."""
    known = await known_values(deployed)
    wrong = []
    for path, item in deployed.api.app.openapi()["paths"].items():
        for method, operation in item.items():
            if not any(parameter["name"] == "if-match" for parameter in operation.get("parameters", ())):
                continue
            asked = path
            for name, values in known.items():
                asked = asked.replace("{" + name + "}", values[0])
            for value in (*IF_MATCH, None):
                headers = {} if value is None else {"If-Match": value.encode("latin-1")}
                caller = allowed(deployed, operation["x-permission"])
                answer = await caller.request(method.upper(), asked, headers=headers, json={})
                if refusal_of(answer, 404, 412, 422, 428) is None:
                    wrong.append(f"{method} {path} {value!r} {answer.status_code}")
    assert wrong == []


async def test_one_key_for_twenty_requests_at_once(deployed: Deployed) -> None:
    """One is executed; the others get its answer or are told that it still runs; another body is refused."""
    write = await repeatable(deployed)
    caller = allowed(deployed, write.permission)
    headers = {"Idempotency-Key": f"twenty-{new_id()}"}
    before = await deployed.database.value(write.count)
    answers = await asyncio.gather(*[caller.post(write.path, write.body, headers=headers) for _ in range(20)])
    assert await deployed.database.value(write.count) == before + 1
    executed = [answer for answer in answers if answer.status_code < 300 and not is_replay(answer)]
    assert len(executed) == 1
    rest: list[Any] = [answer for answer in answers if answer is not executed[0]]
    assert all(answer.json() == executed[0].json() for answer in rest if is_replay(answer))
    assert all(is_replay(a) or refusal_of(a, 409, code="request-in-progress") for a in rest), [a.text for a in rest]
    again = await caller.post(write.path, write.body, headers=headers)
    assert is_replay(again)
    assert again.json() == executed[0].json()
    other = await caller.post(write.path, write.other_body, headers=headers)
    assert refusal_of(other, 422, code="idempotency-key-reused")
    assert await deployed.database.value(write.count) == before + 1


def is_replay(answer: httpx2.Response) -> bool:
    """The first answer, given again."""
    return answer.status_code < 300 and answer.headers.get("Idempotency-Replayed") == "true"
