"""`inzira import` against a gateway that answers as the real one does, breaks off, and refuses."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from inzira_cli.app import app
from inzira_cli.register import KNOWN_ACCOUNTS, choose_account
from typer.testing import CliRunner, Result

OUTCOMES = [
    {"row": 4, "outcome": "admitted", "reason": None, "person_id": "p1", "name": "Uwase Agnès"},
    {"row": 5, "outcome": "rejected", "reason": "name missing", "person_id": None, "name": None},
]
PROBLEM = {"code": "register-columns-missing", "detail": "The heading line lacks columns.", "columns": "sentence"}


class Gateway:
    """A gateway with one import; it tells its progress, breaking off the first time."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.refuses: dict[str, object] | None = None
        self.fails: dict[str, object] | None = None
        self.address = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        where = f"{request.method} {request.path}"
        self.asked.append(where)
        match where:
            case "POST /v1/sessions":
                good = (await request.json())["password"] == "right"
                problem = {"code": "sign-in-refused", "detail": "User name or password is wrong."}
                return web.json_response({"access_token": "t"} if good else problem, status=201 if good else 401)
            case "DELETE /v1/sessions/current":
                return web.Response(status=204)
            case "POST /v1/imports":
                assert request.headers["Idempotency-Key"]
                assert await request.read() == b"register"
                if self.refuses:
                    return web.json_response(self.refuses, status=422)
                return web.json_response({"id": "i1"}, status=202)
            case "GET /v1/imports/i1/progress":
                return await self._progress(request)
            case "GET /v1/imports/i1":
                state = "FAILED" if self.fails else ("DONE" if self.asked.count(where) > 1 else "RUNNING")
                return web.json_response({"state": state, "total": 2, "done": 1, "problem": self.fails})
            case "GET /v1/imports/i1/outcomes":
                return web.json_response(OUTCOMES)
            case "GET /v1/imports/i1/answer":
                return web.Response(body=b"workbook")
        return web.Response(status=404)

    async def _progress(self, request: web.Request) -> web.StreamResponse:
        first = self.asked.count("GET /v1/imports/i1/progress") == 1
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        counts = {"state": "RUNNING" if first else "DONE", "total": 2, "done": 1 if first else 2}
        await stream.write(f": waiting\n\nevent: progress\nid: 1\ndata: {json.dumps(counts)}\n\n".encode())
        return stream


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """Listening on a port of its own, in a thread of its own."""
    made, loop, ready = Gateway(), asyncio.new_event_loop(), threading.Event()

    async def listen() -> web.AppRunner:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", made.answer)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    def serve() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(listen())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait()
    yield made
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def run(gateway: Gateway, folder: Path, *more: str, **given: str) -> Result:
    register = folder / "register.xlsx"
    register.write_bytes(b"register")
    options = [
        "--gateway",
        gateway.address,
        "--account",
        "huye",
        "--password",
        given.get("password", "right"),
        "--data",
        str(folder),
    ]
    return CliRunner().invoke(app, ["import", str(register), *options, *more])


def test_import_keeps_outcomes_and_answer(gateway: Gateway, tmp_path: Path) -> None:
    out, outcomes = tmp_path / "kept" / "answer.xlsx", tmp_path / "outcomes.json"
    done = run(gateway, tmp_path, "--out", str(out), "--json", str(outcomes))
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == b"workbook"
    assert json.loads(outcomes.read_text()) == OUTCOMES
    assert "name missing (1)" in done.output
    assert gateway.asked.count("GET /v1/imports/i1/progress") == 2
    assert gateway.asked[-1] == "DELETE /v1/sessions/current"
    assert not list(tmp_path.rglob("*.part"))


def test_problem_of_the_file_is_told_in_its_own_words(gateway: Gateway, tmp_path: Path) -> None:
    gateway.refuses = PROBLEM
    done = run(gateway, tmp_path, "--json", str(tmp_path / "outcomes.json"))
    assert done.exit_code == 1
    assert "lacks columns. Missing: sentence. (register-columns-missing)" in " ".join(done.output.split())
    assert not (tmp_path / "outcomes.json").exists()


def test_file_that_fails_later_is_told_too(gateway: Gateway, tmp_path: Path) -> None:
    gateway.fails = {"code": "register-empty", "detail": "There is no row under the heading line."}
    done = run(gateway, tmp_path)
    assert done.exit_code == 1
    assert "no row under the heading line" in " ".join(done.output.split())


def test_wrong_password_is_told(gateway: Gateway, tmp_path: Path) -> None:
    done = run(gateway, tmp_path, password="wrong")
    assert done.exit_code == 1
    assert "User name or password is wrong." in done.output


def test_nobody_there_is_told(gateway: Gateway, tmp_path: Path) -> None:
    gateway.address = "http://127.0.0.1:9"
    done = run(gateway, tmp_path)
    assert done.exit_code == 1
    assert "does not answer" in done.output


def test_account_of_the_demonstration_with_the_widest_reach_is_taken(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    known = {
        "one": {"password": "a", "role": "rcs_intake_officer", "facilities": ["HUY"]},
        "all": {"password": "b", "role": "rcs_intake_officer", "facilities": ["HUY", "MUS"]},
        "other": {"password": "c", "role": "supervisor", "facilities": ["HUY", "MUS", "NGO"]},
    }
    (tmp_path / "secrets" / KNOWN_ACCOUNTS).write_text(json.dumps(known))
    assert choose_account(None, None, tmp_path).username == "all"
    assert choose_account("one", None, tmp_path).password == "a"
    assert choose_account("one", "typed", tmp_path).password == "typed"
