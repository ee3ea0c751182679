"""Good requests bent in one or two places: every field of every write meets odd values of every kind.

What comes back is what was documented, never a 5xx, and no refusal repeats a value it was sent.
"""

import copy
import json
import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest
from fleet import SERVICES, Deployed, Ground
from good_bodies import Good, good_requests
from inzira_platform.testing.client import Api
from nudges import CANARY

PER_FIELD = 8
ODD: tuple[Any, ...] = (
    None, "", " ", 0, -1, 1, True, [], {}, [None], {CANARY: CANARY}, 2**31, 2**63, -(2**63), 10**30, 1e308, 0.1, "0",
    CANARY, f"{CANARY}\u0000", "\ud83d", "é" * 5000, "x" * 199, "X" * 32, "A-1", "UNKNOWN", "HUY", "ZZZ", "24", "99",
    "1900-01-01", "2200-12-31", "1899-12-31", "2201-01-01", "2026-02-30", "0000-01-01", "9999-12-31", "2026-11-23",
    "2026-11-24", "1900-01-01T00:00:00Z", "2199-12-31T23:59:59-12:00", "2026-05-04T08:00:00", "2026-05-04",
    "2026-05-04T08:00:00+99:00", "0001-01-01T00:00:00+23:59", "P0D", "P999Y", "P999Y11M", "P9999M", "P99999D", "P1000Y",
    "LIFE", "PT1H", "00000000-0000-0000-0000-000000000000", "not-a-uuid", "' OR 1=1 --", "<script>",
    "../../etc/passwd", "%s%n", "\u202e",
)  # fmt: skip
SHAPES: dict[str, tuple[Any, ...]] = {
    "date": tuple(odd for odd in ODD if isinstance(odd, str) and odd[:4].isdigit() and odd[4:5] == "-"),
    "duration": tuple(odd for odd in ODD if isinstance(odd, str) and odd.startswith(("P", "LIFE"))),
}
"""Odd values that have the right shape, which go deeper than others."""
Place = tuple[str | int, ...]


@pytest.fixture(params=sorted(SERVICES))
async def deployed(request: pytest.FixtureRequest, ground: Ground) -> AsyncIterator[Deployed]:
    """Each deployable in turn, the gateway without its door."""
    async with ground.deployed(request.param, door=False) as running:
        yield running


async def test_bent_requests_are_answered_as_documented(deployed: Deployed) -> None:
    """Every leaf of every body, several odd values each, and each body as it is."""
    dice = random.Random(11)  # noqa: S311 - repeatable on purpose
    wrong: list[str] = []
    outcomes: dict[int, int] = {}
    for good in await good_requests(deployed):
        documented = _documented(deployed.api, good)
        for body in (*_bent(good.body, dice), good.body):
            answer = await _send(good, body)
            outcomes[answer.status_code] = outcomes.get(answer.status_code, 0) + 1
            fault = _fault(answer, documented)
            if fault:
                wrong.append(f"{good.method} {good.path} {fault}\n   {json.dumps(body)[:600]}\n   {answer.text[:300]}")
    print(deployed.service.name, dict(sorted(outcomes.items())))
    assert wrong == [], "\n".join(wrong)
    assert any(status < 300 for status in outcomes)


async def _send(good: Good, body: Any) -> httpx2.Response:  # noqa: ANN401 - JSON
    headers = {"Content-Type": "application/json"}
    if good.read:
        headers["If-Match"] = (await good.caller.get(good.read)).headers["ETag"]
    return await good.caller.request(good.method, good.path, content=json.dumps(body).encode(), headers=headers)


def _fault(answer: httpx2.Response, documented: set[str]) -> str | None:
    if str(answer.status_code) not in documented:
        return f"{answer.status_code} is not documented"
    if answer.status_code >= 400:
        if answer.headers["content-type"] != "application/problem+json":
            return "no problem document"
        if CANARY in answer.text:
            return "repeats what it was sent"
    return None


def _documented(api: Api, good: Good) -> set[str]:
    for path, item in api.app.openapi()["paths"].items():
        parts, given = path.split("/"), good.path.split("/")
        fits = all(a == b or a.startswith("{") for a, b in zip(parts, given, strict=False))
        if len(parts) == len(given) and fits and good.method.lower() in item:
            return set(item[good.method.lower()]["responses"]) - {"503", "500"}
    raise LookupError(good.path)


def _bent(body: dict[str, Any], dice: random.Random) -> Iterator[Any]:
    """Bodies with one place changed, with one left out, with one too many, and with two changed at once."""
    places = list(_places(body))
    for place, here in places:
        yield _without(body, place)
        for value in (*dice.sample(ODD, PER_FIELD), *_shaped(here)):
            bent = _with(body, place, value)
            yield bent
            if dice.random() < 0.3:
                yield _with(bent, dice.choice(places)[0], dice.choice(ODD))
    yield {**body, "surplus": CANARY}


def _shaped(here: Any) -> tuple[Any, ...]:  # noqa: ANN401 - JSON
    if not isinstance(here, str):
        return ()
    return SHAPES["date"] if here[4:5] == "-" else SHAPES["duration"] if here.startswith("P") and len(here) < 9 else ()


def _places(value: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:  # noqa: ANN401 - JSON
    if at:
        yield at, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from _places(item, (*at, key))


def _with(body: Any, place: Place, value: Any) -> Any:  # noqa: ANN401 - JSON
    changed = copy.deepcopy(body)
    try:
        target = changed
        for step in place[:-1]:
            target = target[step]
        target[place[-1]] = value
    except (KeyError, IndexError, TypeError):
        return body  # an earlier change took the place away
    return changed


def _without(body: Any, place: Place) -> Any:  # noqa: ANN401 - JSON
    changed = copy.deepcopy(body)
    target = changed
    for step in place[:-1]:
        target = target[step]
    del target[place[-1]]
    return changed
