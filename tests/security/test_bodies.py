"""Bodies that are too large, of another kind, too deep, or no JSON at all: at every route that takes one.

Straight at each service, whose own limits must hold without the gateway, and through the gateway's door.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from contract import refusal_of
from fleet import BEHIND, SERVICES, Deployed, Ground, caller_for, may_be_called
from gateway_scene import PASSWORD, sign_in
from inzira_platform.testing.client import Caller
from listening import listening
from raw_http import Recorder
from staff import accounts_of

JSON = "application/json"
SAME_ID = "01980000-0000-7000-8000-000000000000"
NO_JSON = {
    "nothing": b"",
    "half": b'{"a": ',
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "long number": b'{"a": ' + b"9" * 6_000 + b"}",
    "huge exponent": b'{"a": 1e999999}',
    "not a number": b'{"a": NaN, "b": Infinity}',
    "lone surrogate": b'{"\\ud800": "\\udfff"}',
    "zero byte": b'{"a": "\\u0000"}',
    "a list": b"[]",
    "a text": b'"x"',
    "a number": b"7",
    "null": b"null",
    "twice the same": b'{"a": 1, "a": 2}',
    "ten thousand fields": json.dumps({f"f{number}": number for number in range(10_000)}).encode(),
}
"""Every one must be refused as 422; the last ones as fields nobody knows."""


@dataclass(frozen=True)
class Taking:
    """An operation that takes a body."""

    method: str
    path: str
    permission: str
    media: frozenset[str]
    largest: int


def takings(document: dict[str, Any]) -> list[Taking]:
    """From an OpenAPI document."""
    return [
        Taking(
            method.upper(),
            _filled(path, operation),
            operation["x-permission"],
            frozenset(operation["requestBody"]["content"]),
            operation.get("x-max-body", 1_000_000),
        )
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if "requestBody" in operation and may_be_called(operation["x-permission"])
    ]


def _filled(path: str, operation: dict[str, Any]) -> str:
    """The path with a value of the right kind in the place of each parameter."""
    kinds = {p["name"]: p["schema"].get("type") for p in operation.get("parameters", ()) if p["in"] == "path"}
    for name, kind in kinds.items():
        path = path.replace(f"{{{name}}}", "4" if kind == "integer" else SAME_ID)
    return path


@pytest.fixture(params=sorted(SERVICES))
async def deployed(request: pytest.FixtureRequest, ground: Ground) -> AsyncIterator[Deployed]:
    """Each deployable in turn, the gateway without its door."""
    async with ground.deployed(request.param, door=False) as running:
        yield running


async def send(caller: Caller, taking: Taking, content: bytes, media: str | None = None) -> httpx2.Response:
    """One request with everything in order but its body."""
    headers = {"Content-Type": (media or min(taking.media)).encode("latin-1"), "If-Match": b'"1"'}
    return await caller.request(taking.method, taking.path, content=content, headers=headers)


async def test_no_body_breaks_a_service(deployed: Deployed) -> None:
    """422 for what is no JSON of ours, 415 for another kind, 413 for too much, all as problem documents."""
    wrong = []
    for taking in takings(deployed.api.app.openapi()):
        caller = deployed.api.as_principal(caller_for(taking.permission))
        if JSON in taking.media:
            for name, content in NO_JSON.items():
                answer = await send(caller, taking, content)
                if refusal_of(answer, 404, 422) is None:
                    wrong.append(f"{taking.method} {taking.path}: {name}: {answer.status_code} {answer.text[:200]}")
        for media in ("text/plain", "application/xml", "application/jsonx", "multipart/form-data; boundary=x", "é"):
            answer = await send(caller, taking, b"{}", media)
            if refusal_of(answer, 415) is None:
                wrong.append(f"{taking.method} {taking.path}: {media}: {answer.status_code}")
        answer = await send(caller, taking, b" " * (taking.largest + 1))
        if refusal_of(answer, 413) is None:
            wrong.append(f"{taking.method} {taking.path}: {taking.largest + 1} bytes: {answer.status_code}")
    assert wrong == []


async def test_a_body_that_never_says_how_long_it_is(deployed: Deployed) -> None:
    """Counted while it is read: refused at the limit, without a length to go by."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(400):
            yield b" " * 100_000

    for taking in takings(deployed.api.app.openapi()):
        caller = deployed.api.as_principal(caller_for(taking.permission))
        answer = await caller.request(
            taking.method,
            taking.path,
            content=endless(),
            headers={"Content-Type": min(taking.media), "If-Match": '"1"'},
        )
        assert refusal_of(answer, 413), f"{taking.path} {answer.status_code}"


async def test_the_door_refuses_before_it_asks_anybody(ground: Ground) -> None:
    """Oversized, of another kind, without a token, with the wrong role: no service hears of it."""
    recorder = Recorder()
    with listening(recorder) as behind:
        upstreams: dict[str, Any] = {f"upstream_{name}": behind.url for name in BEHIND}
        async with ground.deployed("gateway", rate_factor=1000, **upstreams) as gateway:
            names = await accounts_of(gateway)
            tokens = {
                role: (await sign_in(gateway.api, name, PASSWORD))["access_token"] for role, name in names.items()
            }
            document = (await gateway.api.nobody().get("/v1/openapi.json")).json()
            wrong = []
            for taking in takings(document):
                role = next(iter(caller_for(taking.permission).roles))
                caller = gateway.api.with_token(tokens[role])
                answers = {
                    413: await send(caller, taking, b" " * (taking.largest + 1)),
                    415: await send(caller, taking, b"{}", "text/csv"),
                    401: await send(gateway.api.nobody(), taking, b"{"),
                    403: await send(gateway.api.with_token(tokens["me_officer"]), taking, b"{"),
                }
                public = taking.permission in ("session:open", "partner:token")
                wrong += [
                    f"{taking.method} {taking.path} {status}: {answer.status_code}"
                    for status, answer in answers.items()
                    if refusal_of(answer, status) is None and not (public and status in (401, 403))
                ]
            assert wrong == []
            assert recorder.seen == []
