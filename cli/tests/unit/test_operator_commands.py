"""`inzira accounts` and `inzira events` against a small real HTTP server that answers as the gateway does."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from inzira_cli.app import app
from typer.testing import CliRunner, Result

ME = ["--user", "admin1", "--password", "a hill, very green"]


@dataclass
class SmallGateway:
    """Answers what it is told to and keeps what it was asked."""

    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    address: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        name = f"{request.method} {request.path}"
        self.asked.append((request.method, request.path, body))
        if name == "POST /v1/sessions":
            return web.json_response({"access_token": "token"}, status=201)
        if name == "DELETE /v1/sessions/current":
            return web.Response(status=204)
        assert request.headers["Authorization"] == "Bearer token"
        status, answer = self.answers.get(name, (404, {"detail": "Nothing there.", "code": "not-found"}))
        return web.json_response(answer, status=status)


@pytest.fixture
def gateway() -> Iterator[SmallGateway]:
    """Served from a thread of its own: the commands run their own event loop."""
    small, ready, loop = SmallGateway(), threading.Event(), asyncio.new_event_loop()

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", small.handle)
    runner = web.AppRunner(application)

    async def serve() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        small.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        ready.set()

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(serve(), loop)
    ready.wait(5)
    yield small
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


def run(gateway: SmallGateway, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, *ME, "--gateway", gateway.address], env={"COLUMNS": "200"})


def test_lag_names_a_service_that_does_not_answer_and_shows_the_others(gateway: SmallGateway) -> None:
    good = {"outbox_pending": 3, "outbox_oldest_seconds": 1.5, "lag": 7, "parked": {"gap": 2}}
    gateway.answers["GET /v1/operations/intake/events/lag"] = (200, good)
    gateway.answers["GET /v1/operations/tvet/events/lag"] = (503, {"detail": "Away.", "code": "service-unavailable"})
    done = run(gateway, "events", "lag")
    assert done.exit_code == 0
    assert "2 gap" in done.output and "service-unavailable" in done.output
    assert gateway.asked[-1][:2] == ("DELETE", "/v1/sessions/current")


def test_replay_sends_what_was_asked(gateway: SmallGateway) -> None:
    gateway.answers["POST /v1/operations/tvet/events/replay"] = (202, {"count": 4})
    done = run(gateway, "events", "replay", "--service", "tvet", "--reason", "fixed")
    assert done.exit_code == 0 and "4 parked event(s) of tvet" in done.output
    sent = next(body for _, path, body in gateway.asked if path.endswith("/replay"))
    assert sent == {"key": None, "id": None, "action": "retry", "reason": "fixed"}


def test_discard_wants_one_event(gateway: SmallGateway) -> None:
    done = run(gateway, "events", "replay", "--service", "tvet", "--reason", "x", "--discard")
    assert done.exit_code == 2 and gateway.asked == []


def test_rebuild_waits_and_tells_when_it_was_given_up(gateway: SmallGateway) -> None:
    path = "/v1/operations/gateway/events/rebuild"
    gateway.answers[f"POST {path}"] = (202, {"generation": 2, "state": "BUILDING"})
    ended = {"generation": 2, "state": "ACTIVE", "progress": {"events": 10, "persons": 2}}
    gateway.answers[f"GET {path}"] = (200, {"items": [ended]})
    assert "Generation 2 is active: 10 events, 2 persons." in run(gateway, "events", "rebuild", "--reason", "x").output
    gateway.answers[f"GET {path}"] = (200, {"items": [{**ended, "state": "RETIRED"}]})
    assert run(gateway, "events", "rebuild", "--reason", "x").exit_code == 1


def test_refusal_is_told_in_the_gateways_words(gateway: SmallGateway) -> None:
    refused = {"detail": "Use another one.", "code": "username-taken", "errors": [{"field": "username", "rule": "r"}]}
    gateway.answers["POST /v1/accounts"] = (409, refused)
    done = run(
        gateway, "accounts", "create", "keza", "--name", "Keza", "--role", "caseworker", "--agency", "PFR",
        "--new-password", "a hill, very green",
    )  # fmt: skip
    assert done.exit_code == 1 and "Use another one. (username-taken)" in done.output


def test_disable_finds_the_account_and_sends_the_version_it_read(gateway: SmallGateway) -> None:
    account = {"id": "1", "username": "keza", "version": 3}
    gateway.answers["GET /v1/accounts"] = (200, {"items": [account], "next_cursor": None})
    gateway.answers["PATCH /v1/accounts/1"] = (200, {"id": "1", "version": 4, "state": "DISABLED"})
    assert "keza is DISABLED." in run(gateway, "accounts", "disable", "keza").output
    assert run(gateway, "accounts", "disable", "nobody").exit_code == 1


def test_gateway_that_is_away_ends_with_words() -> None:
    done = CliRunner().invoke(app, ["events", "lag", *ME, "--gateway", "http://127.0.0.1:1"])
    assert done.exit_code == 1 and "does not answer" in done.output
