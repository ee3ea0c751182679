"""What the edge lets through, sets, strips and bounds."""

import asyncio

import httpx2
import pytest
from inzira_platform.embedded import free_port
from nginx import Edge, edge_before
from papers import Paper, Papers

pytestmark = pytest.mark.real_nginx

CLAIMS = (
    "Client-Cert", "Client-Cert-Chain", "X-Client-Cert", "X-SSL-Client-Cert", "X-Principal", "X-Principal-Id",
    "X-Principal-Roles", "X-Principal-Scope", "X-Internal", "X-Internal-Token", "X-Internal-Principal", "X-Scope",
    "X-Service", "X-Gateway-Session", "X-Gateway-Certificate", "X-Real-IP", "Forwarded", "X-Forwarded-Host",
    "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Groups",
    "X-Forwarded-Client-Cert", "X-Forwarded-Tls-Client-Cert", "X-Forwarded-Access-Token", "Proxy",
)  # fmt: skip
MEANT = {
    "Authorization": "Bearer abc", "X-Purpose": "research", "Idempotency-Key": "a-key-of-mine", "If-Match": '"3"',
    "Consistency-Token": "abc", "X-Request-Id": "01a21211-3b7e-7c45-9d1e-5a0c6f4f8d10", "Accept-Language": "rw",
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}  # fmt: skip


def headers_of(answer: httpx2.Response) -> dict[str, list[str]]:
    assert answer.status_code == 200, answer.text
    found: dict[str, list[str]] = {}
    for name, value in answer.json()["headers"]:
        found.setdefault(name, []).append(value)
    return found


async def test_nobody_claims_an_identity_by_a_header(echoing: Edge) -> None:
    claimed = {name: "administrator" for name in CLAIMS}
    tricks = {"X_Principal": "administrator", "Client_Cert": "administrator", "X-Forwarded-For": "10.9.9.9"}
    async with echoing.client() as client:
        found = headers_of(await client.get("/v1/me", headers={**claimed, **tricks}))
    assert not any("administrator" in value for values in found.values() for value in values)
    assert not {name.lower() for name in CLAIMS} & found.keys()
    assert found["x-forwarded-for"] == ["127.0.0.1"], "set, never appended to"
    assert found["x-forwarded-proto"] == ["https"]


async def test_what_clients_mean_is_passed_on_as_it_is(echoing: Edge) -> None:
    async with echoing.client() as client:
        answer = await client.post("/v1/persons/a%2Fb?stage=CLOSED&q=a%20b", json={"a": 1}, headers=MEANT)
        found = headers_of(answer)
        assert (answer.json()["path"], answer.json()["query"]) == ("/v1/persons/a%2Fb", "stage=CLOSED&q=a%20b")
        assert {name: found[name.lower()] for name in MEANT} == {name: [value] for name, value in MEANT.items()}
        assert (answer.headers["etag"], answer.headers["consistency-token"]) == ('"3"', "abc")
        assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        refused = await client.get("/v1/me?status=413")
    assert (refused.status_code, refused.json()["query"]) == (413, "status=413"), "the gateway's own word stays"


async def test_the_certificate_that_was_shown_is_the_one_that_is_told(
    echoing: Edge, shown: Paper, papers: Papers
) -> None:
    other = papers.made("other")
    async with echoing.client(shown) as client:
        found = headers_of(await client.get("/", headers={"Client-Cert": other.as_header}))
    assert found["client-cert"] == [shown.as_header]
    async with echoing.client() as client:
        assert "client-cert" not in headers_of(await client.get("/", headers={"Client-Cert": other.as_header}))


async def test_a_certificate_that_has_ended_is_refused(echoing: Edge, papers: Papers) -> None:
    async with echoing.client(papers.made("ended", ended=True)) as client:
        answer = await client.get("/v1/me")
    assert_problem(answer, 400, "request-not-readable")


async def test_sizes_are_bounded(echoing: Edge) -> None:
    async with echoing.client() as client:
        assert (await client.post("/v1/admissions", content=b"a" * 1_000_000)).json()["size"] == 1_000_000
        assert_problem(await client.post("/v1/admissions", content=b"a" * 1_100_000), 413, "too-large")
        assert (await client.post("/v1/imports", content=b"a" * 3_000_000)).json()["size"] == 3_000_000
        assert_problem(await client.post("/v1/imports", content=b"a" * 34_000_000), 413, "too-large")
        assert_problem(await client.get("/v1/me", headers={"X-Long": "a" * 9000}), 400, "request-not-readable")
        for inside in ("/metrics", "/healthz", "/readyz"):
            assert_problem(await client.get(inside), 404, "not-found")


async def test_a_gateway_that_is_away_is_a_problem_document(nginx: str, papers: Papers) -> None:
    with edge_before(nginx, free_port(), papers) as edge:
        async with edge.client() as client:
            answer = await client.get("/v1/me", headers={"X-Request-Id": MEANT["X-Request-Id"]})
    assert_problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["request_id"] == MEANT["X-Request-Id"]


async def test_only_tls_is_spoken_and_its_own_health_stays_inside(echoing: Edge) -> None:
    assert b"request-not-readable" in await _plain(echoing.port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert (await _plain(echoing.health, b"GET /edge HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 204")
    assert (await _plain(echoing.health, b"GET /v1/me HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 404")


async def _plain(port: int, raw: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw)
    answer = await reader.read(4000)
    writer.close()
    return answer


def assert_problem(answer: httpx2.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert (document["status"], document["code"]) == (status, code)
    assert {"type", "title", "detail", "instance", "request_id"} <= document.keys()
