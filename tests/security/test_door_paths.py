"""The gateway's door over a real socket: disguised paths, other methods, smuggled headers and bodies.

Behind it one recorder stands for all services: what must not get through is looked for there (security.md
10.13, 10.14).
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from fleet import BEHIND, Ground
from gateway_scene import PASSWORD, sign_in
from inzira_gateway.registry.domain import Route
from inzira_gateway.registry.files import load_routes
from inzira_platform.app import build_app
from listening import listening
from raw_http import Answer, Line, Recorder
from staff import accounts_of

SAMPLES = {"uuid": str(uuid4()), "integer": "7", "date": "2026-01-02", "token": "CORE-8"}
ROUTES = tuple(load_routes())
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND")


def sample(route: Route) -> str:
    """A path of the route."""
    path = route.path
    for name, kind in route.params.items():
        path = path.replace("{" + name + "}", SAMPLES[kind])
    return path


PATHS = tuple(sorted({sample(route) for route in ROUTES}))


def disguises(path: str) -> dict[str, str]:
    """The same path, said in ways some parser somewhere would take for it, or for another."""
    head, _, last = path.rpartition("/")
    first = path.split("/")[1]
    return {
        "encoded slash": f"{head}%2F{last}",
        "encoded slash, lower case": f"{head}%2f{last}",
        "encoded twice": f"{head}%252F{last}",
        "encoded letter": f"{head}/%{ord(last[0]):02x}{last[1:]}",
        "overlong slash": f"{head}%c0%af{last}",
        "backslash": f"{head}\\{last}",
        "encoded backslash": f"{head}%5C{last}",
        "dots": f"{head}/../{head.rpartition('/')[2] or first}/{last}",
        "encoded dots": f"{head}/%2e%2e/{head.rpartition('/')[2] or first}/{last}",
        "one dot": f"{head}/./{last}",
        "double slash": f"{head}//{last}",
        "leading double slash": f"/{path}",
        "trailing slash": f"{path}/",
        "null": f"{path}%00",
        "null and more": f"{path}%00.json",
        "parameter": f"{path};a=b",
        "suffix": f"{path}.json",
        "space": f"{path}%20",
        "line": f"{path}%0d%0aX-Principal:%20root",
        "upper case": path.upper() if path.upper() != path else f"{path}X",
        "fullwidth slash": f"{head}%ef%bc%8f{last}",
        "overlong": path + "a" * 2000,
        "deeper": f"{path}/more/and/more",
    }


@dataclass(frozen=True)
class Scene:
    """The gateway on a port, the recorder behind it, and tokens by role."""

    line: Line
    recorder: Recorder
    tokens: dict[str, str]

    async def get(self, target: str, *headers: str, method: str = "GET", role: str = "rcs_intake_officer") -> Answer:
        """A request of somebody."""
        return await self.line.get(target, f"Authorization: Bearer {self.tokens[role]}", *headers, method=method)


@pytest.fixture(scope="module")
async def scene(module_ground: Ground) -> AsyncIterator[Scene]:
    """Everything, for all tests of this file."""
    recorder = Recorder()
    with listening(recorder) as behind:
        upstreams: dict[str, Any] = {f"upstream_{name}": behind.url for name in BEHIND}
        async with module_ground.deployed("gateway", rate_factor=1000, **upstreams) as gateway:
            names = await accounts_of(gateway)
            tokens = {
                role: (await sign_in(gateway.api, name, PASSWORD))["access_token"] for role, name in names.items()
            }
            app = build_app(gateway.service, gateway.settings, module_ground.clock)
            with listening(app) as front:
                async with Line(front.port) as line:
                    yield Scene(line, recorder, tokens)


def is_problem(answer: Answer, *statuses: int) -> bool:
    """A problem document of one of these statuses, with the request's id and the headers every answer carries."""
    if answer.status not in statuses or answer.headers.get("content-type") != "application/problem+json":
        return False
    document = json.loads(answer.body)
    ids = document["request_id"] == answer.headers["x-request-id"]
    return ids and document["status"] == answer.status and answer.headers["x-content-type-options"] == "nosniff"


async def test_no_disguise_of_any_path_gets_through(scene: Scene) -> None:
    """404 (or the server's own 400) for every disguise of every route; no service is asked anything."""
    scene.recorder.seen.clear()
    wrong, answered = [], 0
    for path in PATHS:
        for name, disguised in disguises(path).items():
            if disguised in PATHS or (name == "suffix" and path.endswith(SAMPLES["token"])):
                continue  # another path of ours, or another value of a free parameter
            answer = await scene.get(disguised)
            answered += answer.status == 404
            if not is_problem(answer, 404) and not is_refused_by_parser(answer):
                wrong.append(f"{name}: {disguised[:80]} {answer.status}")
    assert wrong == []
    assert answered > 20 * len(PATHS)
    assert scene.recorder.seen == []


def is_refused_by_parser(answer: Answer) -> bool:
    """The HTTP parser in front of the app did not take it for a request, or the connection broke."""
    return answer.status == 400 and answer.body == b"Invalid HTTP request received."


async def test_every_path_names_the_methods_it_takes(scene: Scene) -> None:
    """405 with Allow for each method that is not registered, before anybody is asked who they are."""
    scene.recorder.seen.clear()
    wrong = []
    for path in PATHS:
        taken = {route.method for route in ROUTES if sample(route) == path}
        for method in METHODS:
            if method in taken:
                continue
            answer = await scene.line.get(path, method=method)
            allow = set(answer.headers.get("allow", "").replace(" ", "").split(","))
            refused = answer.status == 405 if method == "HEAD" else is_problem(answer, 405)
            if not (refused and allow == taken) and not is_refused_by_parser(answer):
                wrong.append(f"{method} {path}: {answer.status} {allow} {taken}")
    assert wrong == []
    assert scene.recorder.seen == []


SPOOFED = (
    "Client-Cert: :MIIB:", "X-Principal: root", "X_Principal: root", "X-Internal-Role: system", "X-Scope: national",
    "X-Forwarded-For: 10.0.0.1", "X-Forwarded-Host: evil.example", "Forwarded: for=10.0.0.1", "X-Service: intake",
    "X-Real-IP: 10.0.0.1", "X-Gateway-Session: 1", "Cookie: a=b", "TE: trailers", "Upgrade: h2c", "Keep-Alive: 1",
    "Proxy-Authorization: Basic eDp5", "Expect: 100-continue", "Trailer: X-Principal", "tracestate: a=b",
)  # fmt: skip
FORBIDDEN = {
    "client-cert", "x-principal", "x_principal", "x-internal-role", "x-scope", "x-forwarded-for", "x-forwarded-host",
    "forwarded", "x-service", "x-real-ip", "x-gateway-session", "cookie", "te", "upgrade", "keep-alive",
    "proxy-authorization", "expect", "trailer", "tracestate", "x-hop",
}  # fmt: skip


async def test_no_claimed_identity_reaches_a_service(scene: Scene) -> None:
    """What a client says of itself stops at the door, also what it names in Connection, also a token of its own."""
    scene.recorder.seen.clear()
    connection = "Connection: keep-alive, x-hop, authorization, x-request-id, content-type"
    answer = await scene.get(
        f"/v1/persons/{SAMPLES['uuid']}", *SPOOFED, connection, "X-Hop: 1", "X-Request-Id: no-uuid"
    )
    assert answer.status == 200, answer
    ((_, path, headers, _),) = scene.recorder.seen
    assert path == f"/v1/persons/{SAMPLES['uuid']}"
    assert FORBIDDEN & set(headers) == set()
    assert headers["host"].startswith("127.0.0.1:")
    assert scene.tokens["rcs_intake_officer"] not in headers["authorization"]
    assert headers["x-request-id"] == answer.headers["x-request-id"] != "no-uuid"


@pytest.mark.parametrize(
    "host", ["evil.example", "test/v1/accounts?", "test#@intake", "127.0.0.1:8811", "[::1", "a b", ""]
)
async def test_the_host_header_decides_nothing(scene: Scene, host: str) -> None:
    """Neither where a request goes nor whether it may (CVE-2026-48710)."""
    scene.recorder.seen.clear()
    inner = await scene.line.get(f"/v1/persons/{SAMPLES['uuid']}", host=host)
    assert is_problem(inner, 401, 400) or is_refused_by_parser(inner)
    absolute = await scene.line.get(f"http://{host or 'x'}/v1/persons/{SAMPLES['uuid']}")
    assert is_problem(absolute, 401, 400, 404) or is_refused_by_parser(absolute)
    assert scene.recorder.seen == []


SMUGGLED = b"GET /v1/smuggled HTTP/1.1\r\nHost: test\r\n\r\n"
CONFLICTS = {
    "length and chunks": ("Content-Length: 4", "Transfer-Encoding: chunked"),
    "chunks and length": ("Transfer-Encoding: chunked", "Content-Length: 4"),
    "two lengths": ("Content-Length: 4", "Content-Length: 60"),
    "two lengths in one": ("Content-Length: 4, 60",),
    "signed length": ("Content-Length: +4",),
    "length in hexadecimal": ("Content-Length: 0x4",),
    "negative length": ("Content-Length: -1",),
    "unknown coding": ("Transfer-Encoding: xchunked", "Content-Length: 4"),
    "coding after chunks": ("Transfer-Encoding: chunked, identity",),
    "space before the colon": ("Transfer-Encoding : chunked", "Content-Length: 4"),
    "folded": ("Transfer-Encoding:\r\n chunked", "Content-Length: 4"),
    "vertical tab": ("Transfer-Encoding: \x0bchunked", "Content-Length: 4"),
    "underscore": ("Transfer_Encoding: chunked", "Content-Length: 4"),
    "twice": ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
}


@pytest.mark.parametrize("name", sorted(CONFLICTS))
async def test_a_body_has_one_length(scene: Scene, name: str) -> None:
    """However a body's end is disputed, no second request comes out of it on the way to a service."""
    scene.recorder.seen.clear()
    lines = "".join(f"{line}\r\n" for line in CONFLICTS[name])
    token = scene.tokens["rcs_intake_officer"]
    head = (
        f"POST /v1/admissions HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nIdempotency-Key: smuggled-1\r\n{lines}\r\n"
    )
    answer = await scene.line.ask(head.encode("latin-1") + b"0\r\n\r\n" + SMUGGLED, seconds=2)
    await scene.line.hang_up()
    assert (
        answer.status == 0 or answer.status == 200 or is_refused_by_parser(answer) or is_problem(answer, 400, 411, 413)
    )
    assert len(scene.recorder.seen) <= 1
    assert not any("smuggled" in path or b"smuggled" in body for _, path, _, body in scene.recorder.seen)
    after = await scene.get(f"/v1/persons/{SAMPLES['uuid']}")
    assert after.status == 200


async def test_headers_and_query_have_an_end(scene: Scene) -> None:
    """431, 400 or the parser's refusal; nothing gets through."""
    scene.recorder.seen.clear()
    path = f"/v1/persons/{SAMPLES['uuid']}"
    large = await scene.get(path, f"X-Large: {'a' * 20_000}")
    assert is_problem(large, 431) or is_refused_by_parser(large)
    many = await scene.get(path, *[f"X-{number}: {'a' * 40}" for number in range(500)])
    assert is_problem(many, 431) or is_refused_by_parser(many)
    query = await scene.get(f"{path}?a={'a' * 13_000}")
    assert is_problem(query, 400, 414) or is_refused_by_parser(query)
    raw = await scene.get(f"{path}?a=\xe9")
    assert is_problem(raw, 400) or is_refused_by_parser(raw)
    assert scene.recorder.seen == []
