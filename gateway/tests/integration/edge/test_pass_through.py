"""What goes through the door to a service, and what the door keeps to itself."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from gateway_scene import XLSX, SmallService, officer, problem_of
from inzira_gateway.clients.upstream import Upstreams
from inzira_platform.auth import TokenVerifier
from inzira_platform.testing.client import Api

PERSON = str(uuid4())


async def test_get_reaches_the_service_with_a_token_of_its_own(door: Api) -> None:
    caller = await officer(door)
    answer = await caller.get(f"/v1/echo/{PERSON}?a=1&a=2", headers={"X-Purpose": "curriculum"})
    assert answer.status_code == 200
    seen = answer.json()
    assert (seen["path"], seen["query"]) == (f"/v1/echo/{PERSON}", "a=1&a=2")
    token = seen["headers"]["authorization"].removeprefix("Bearer ")
    verifier = TokenVerifier(door.keys.jwks_file, door.clock, audience="svc:intake")
    claims = verifier.verify(token).claims
    assert claims["roles"] == ["rcs_intake_officer"] and claims["facilities"] == ["HUY"]
    assert claims["purpose"] == "curriculum"
    assert claims["exp"] - claims["iat"] == 60


async def test_answer_comes_back_with_its_own_headers_only(door: Api) -> None:
    answer = await (await officer(door)).get(f"/v1/echo/{PERSON}")
    assert answer.headers["etag"] == '"3"'
    assert answer.headers["consistency-token"] == "abc"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers and "server" not in answer.headers
    assert answer.headers["ratelimit"].startswith('"read";r=')


async def test_spoofed_headers_stop_at_the_door(door: Api) -> None:
    spoofed = {
        "Client-Cert": "x", "X-Principal": "root", "X_Principal": "root", "X-Forwarded-For": "10.0.0.1",
        "Forwarded": "for=10.0.0.1", "X-Internal-Role": "system", "X-Gateway-Session": "1", "Cookie": "a=b",
        "Connection": "X-Secret", "X-Secret": "1",
    }  # fmt: skip
    seen = (await (await officer(door)).get(f"/v1/echo/{PERSON}", headers=spoofed)).json()["headers"]
    assert not {name.lower() for name in spoofed} - {"connection"} & set(seen)


async def test_request_id_and_trace_travel(door: Api) -> None:
    caller = await officer(door)
    request_id, trace = str(uuid4()), "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    answer = await caller.get(f"/v1/echo/{PERSON}", headers={"X-Request-Id": request_id, "traceparent": trace})
    seen = answer.json()["headers"]
    assert answer.headers["x-request-id"] == seen["x-request-id"] == request_id
    assert seen["traceparent"] == trace
    other = await caller.get(f"/v1/echo/{PERSON}", headers={"X-Request-Id": "'; drop", "traceparent": "junk"})
    assert other.headers["x-request-id"] != "'; drop" and len(other.headers["x-request-id"]) == 36
    assert other.json()["headers"]["traceparent"].startswith("00-")


async def test_post_body_travels(door: Api) -> None:
    answer = await (await officer(door)).post("/v1/echo", {"a": 1}, headers={"Idempotency-Key": "key-12345"})
    assert answer.json()["body"] == '{"a":1}'
    assert answer.json()["headers"]["idempotency-key"] == "key-12345"


async def test_oversized_body_is_413_and_never_reaches_the_service(door: Api, upstream: SmallService) -> None:
    caller = await officer(door)
    declared = await caller.post("/v1/echo", {"a": "x" * 3000})
    assert declared.status_code == 413 and problem_of(declared)["code"] == "too-large"

    async def pieces() -> object:
        for _ in range(5):
            yield b"x" * 1000

    headers = {"Content-Type": "application/json"}
    chunked = await caller.request("POST", "/v1/echo", content=pieces(), headers=headers)
    assert chunked.status_code == 413
    assert not upstream.seen


async def test_wrong_media_type_is_415(door: Api) -> None:
    answer = await (await officer(door)).request("POST", "/v1/echo", content=b"a", headers={"Content-Type": "text/csv"})
    assert answer.status_code == 415 and problem_of(answer)["code"] == "unsupported-media-type"


async def test_large_uploads_are_streamed(door: Api) -> None:
    caller = await officer(door)
    headers = {"Content-Type": XLSX}
    answer = await caller.request("POST", "/v1/uploads", content=b"x" * 2_500_000, headers=headers)
    assert answer.json() == {"size": 2_500_000, "length": "2500000"}

    async def too_many() -> object:
        for _ in range(40):
            yield b"x" * 100_000

    refused = await caller.request("POST", "/v1/uploads", content=too_many(), headers=headers)
    assert refused.status_code == 413


async def test_public_route_needs_no_token_and_carries_none(door: Api) -> None:
    answer = await door.nobody().get("/v1/certificates/INZ-2026-0001")
    assert answer.status_code == 200
    assert "authorization" not in answer.json()["headers"]


async def test_missing_permission_is_403(door: Api, upstream: SmallService) -> None:
    caller = await officer(door, "rukundo", "me_officer")
    answer = await caller.get(f"/v1/echo/{PERSON}")
    assert answer.status_code == 403 and problem_of(answer)["code"] == "forbidden"
    assert not upstream.seen


async def test_unknown_address_is_404_and_other_method_405_with_allow(door: Api) -> None:
    caller = await officer(door)
    assert problem_of(await caller.get("/v1/nothing"))["code"] == "not-found"
    other = await caller.delete("/v1/echo")
    assert other.status_code == 405 and other.headers["allow"] == "POST"
    assert problem_of(other)["code"] == "method-not-allowed"


async def test_late_service_is_504(door: Api) -> None:
    answer = await (await officer(door, role="tvet_instructor")).get("/v1/slow")
    assert answer.status_code == 504 and problem_of(answer)["code"] == "service-timeout"


async def test_service_that_is_down_is_503_with_retry_after(door: Api) -> None:
    state = door.app.state
    state.door = replace(state.door, upstreams=Upstreams({"intake": "http://127.0.0.1:1"}, 4))
    answer = await (await officer(door)).get(f"/v1/echo/{PERSON}")
    assert answer.status_code == 503 and problem_of(answer)["code"] == "service-unavailable"
    assert int(answer.headers["retry-after"]) >= 1


async def test_breaker_opens_on_a_failing_service_and_spares_the_others(door: Api) -> None:
    trainer = await officer(door, "gasana", "tvet_instructor")
    answers = [await trainer.get("/v1/broken") for _ in range(22)]
    assert [answers[0].status_code, answers[-1].status_code] == [500, 503]
    assert (await (await officer(door)).get(f"/v1/echo/{PERSON}")).status_code == 200


async def test_rate_limit_answers_429_and_tells_when(door: Api) -> None:
    caller = await officer(door)
    answers = [await caller.get("/v1/limited") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    refused = answers[-1]
    assert problem_of(refused)["code"] == "too-many-requests"
    assert refused.headers["ratelimit-policy"] == '"tight";q=10;w=60'
    assert int(refused.headers["retry-after"]) >= 1
    assert (await (await officer(door, "other")).get("/v1/limited")).status_code == 200


async def test_stream_passes_piece_by_piece(door: Api) -> None:
    answer = await (await officer(door)).get("/v1/progress")
    assert answer.text == "data: 0\n\ndata: 1\n\ndata: 2\n\n"
    assert answer.headers["content-type"].startswith("text/event-stream")


async def test_stream_ends_when_the_client_leaves(door: Api, upstream: SmallService) -> None:
    caller = await officer(door)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(caller.get("/v1/progress?forever=1"), 0.5)
    for _ in range(100):
        if upstream.streams_open == 0:
            break
        await asyncio.sleep(0.02)
    assert upstream.streams_open == 0


@pytest.mark.parametrize(
    "tail",
    ["%2Fnotes", "%2fnotes", "/../notes", "/./notes", "//notes", ";x/notes", "%00", "%5cnotes", "/notes/", "%2e%2e"],
)
async def test_disguised_paths_never_reach_a_service(door: Api, upstream: SmallService, tail: str) -> None:
    caller = await officer(door)
    scope_path = f"/v1/echo/{PERSON}{tail}"
    answer = await caller.request("GET", scope_path)
    assert answer.status_code in (404, 400) or answer.json()["path"] in (
        f"/v1/echo/{PERSON}",
        f"/v1/echo/{PERSON}/notes",
    ), answer.text  # the client itself may have cleaned dot segments away
    for request in upstream.seen:
        assert b"%" not in request.scope["raw_path"] and b";" not in request.scope["raw_path"]
