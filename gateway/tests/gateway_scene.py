"""What the gateway's tests stand on: real small services on the loopback, and people with accounts."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import uvicorn
from inzira_contracts.curriculum import CertificateIssued, EnrolmentOpened
from inzira_contracts.event import Event
from inzira_contracts.intake import DatesComputed, PersonAdmitted, PersonReleased
from inzira_contracts.reintegration import CaseOpened, HandoverAccepted, WorkerAssigned
from inzira_gateway.account import service as accounts
from inzira_gateway.account.domain import Reach
from inzira_gateway.account.hashing import Passwords
from inzira_gateway.registry.domain import Route
from inzira_gateway.transactions import Transactions
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route as WebRoute

PASSWORD = "umusozi w'icyatsi kibisi"
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

TEST_ROUTES = (
    Route("GET", "/v1/echo/{person_id}", "intake", "person:read", {"person_id": "uuid"}),
    Route("GET", "/v1/echo/{person_id}/notes", "intake", "person:read", {"person_id": "uuid"}),
    Route("POST", "/v1/echo", "intake", "admission:record", body=("application/json",), max_body=2000, rate="write"),
    Route("POST", "/v1/uploads", "intake", "register:import", body=(XLSX,), max_body=3_000_000, rate="bulk"),
    Route("GET", "/v1/certificates/{serial}", "curriculum", "certificate:verify", {"serial": "token"}),
    Route("GET", "/v1/progress", "intake", "register:read", stream=True),
    Route("GET", "/v1/slow", "tvet", "training:read", timeout=1),
    Route("GET", "/v1/broken", "tvet", "training:read"),
    Route("GET", "/v1/limited", "intake", "person:read", rate="tight", cost=2),
)
"""Routes of the small services below, beside the gateway's own."""


@dataclass
class SmallService:
    """A real HTTP server that says what it was asked; it stands for every upstream at once."""

    port: int = 0
    names: dict[UUID, str] = field(default_factory=dict)
    journals: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    seen: list[Request] = field(default_factory=list)
    streams_open: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                WebRoute("/v1/echo/{rest:path}", self.echo, methods=["GET"]),
                WebRoute("/v1/echo", self.echo, methods=["POST"]),
                WebRoute("/v1/uploads", self.upload, methods=["POST"]),
                WebRoute("/v1/certificates/{serial}", self.echo),
                WebRoute("/v1/limited", self.echo),
                WebRoute("/v1/progress", self.progress),
                WebRoute("/v1/slow", self.slow),
                WebRoute("/v1/broken", self.broken),
                WebRoute("/v1/names", self.give_names),
                WebRoute("/v1/identities", self.search),
                WebRoute("/v1/operations/{service}/journal", self.journal),
                WebRoute("/readyz", self.ready),
            ]
        )

    async def echo(self, request: Request) -> Response:
        self.seen.append(request)
        body = await request.body()
        answer = {
            "path": request.scope["raw_path"].decode(),
            "query": request.scope["query_string"].decode(),
            "headers": {name: value for name, value in request.headers.items()},
            "body": body.decode("utf-8", "replace"),
        }
        headers = {"ETag": '"3"', "Consistency-Token": "abc", "Set-Cookie": "a=b", "Server": "secret/1.0"}
        return JSONResponse(answer, headers=headers)

    async def upload(self, request: Request) -> Response:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
        return JSONResponse({"size": size, "length": request.headers.get("content-length")}, 201)

    async def progress(self, request: Request) -> Response:
        async def lines() -> AsyncIterator[bytes]:
            self.streams_open += 1
            try:
                for number in range(3):
                    yield f"data: {number}\n\n".encode()
                    await asyncio.sleep(0.02)
                if "forever" in request.query_params:
                    while True:
                        yield b": still here\n\n"
                        await asyncio.sleep(0.02)
            finally:
                self.streams_open -= 1

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def slow(self, _request: Request) -> Response:
        await asyncio.sleep(5)
        return PlainTextResponse("late")

    async def broken(self, _request: Request) -> Response:
        return JSONResponse({"type": "urn:inzira:problem:internal"}, 500, media_type="application/problem+json")

    async def give_names(self, request: Request) -> Response:
        asked = [UUID(value) for value in request.query_params.getlist("ids")]
        items = [{"person_id": str(one), "full_name": self.names[one]} for one in asked if one in self.names]
        return JSONResponse({"items": items})

    async def search(self, request: Request) -> Response:
        words = request.query_params["name"].lower()
        items = [
            {"person_id": str(person), "full_name": name}
            for person, name in self.names.items()
            if words in name.lower()
        ]
        return JSONResponse({"items": items})

    async def journal(self, request: Request) -> Response:
        after, limit = int(request.query_params["after_seq"]), int(request.query_params["limit"])
        rows = [row for row in self.journals.get(request.path_params["service"], []) if row["seq"] > after][:limit]
        return JSONResponse({"entries": rows, "next_after_seq": rows[-1]["seq"] if rows else after})

    async def ready(self, _request: Request) -> Response:
        return JSONResponse({"status": "ready"})

    def keep(self, event: Event, version: int, event_id: UUID | None = None) -> UUID:
        """Put an event into a journal, as its service would have."""
        service = event.type.split(".")[1]
        rows = self.journals.setdefault(service, [])
        identifier = event_id or new_id()
        rows.append({
            "seq": len(rows) + 1, "event_id": str(identifier), "type": event.type, "stream": event.stream,
            "version": version, "topic": f"inzira.{service}", "source": f"/services/{service}",
            "time": AT.isoformat(), "headers": {}, "payload": event.to_bytes().decode(),
        })  # fmt: skip
        return identifier


@contextmanager
def serving(service: SmallService) -> Iterator[SmallService]:
    """Serve on a free loopback port, in a thread of its own, until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    service.port = listener.getsockname()[1]
    config = uvicorn.Config(
        service.app(), log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.should_exit = True
        thread.join(5)
        listener.close()


@dataclass(frozen=True)
class Person:
    """Somebody's road, event by event."""

    id: UUID
    facility: str = "HUY"

    def admitted(self, **changes: object) -> PersonAdmitted:
        fields = {
            "person_id": self.id, "occurred_at": AT, "recorded_by": "acc-intake", "episode_id": new_id(),
            "facility": self.facility, "admission_kind": "NEW", "legal_status": "CONVICTED_FINAL", "sex": "F",
            "return_district": "24", **changes,
        }  # fmt: skip
        return PersonAdmitted.model_validate(fields)

    def dated(self, day: str) -> DatesComputed:
        return DatesComputed.model_validate({
            "person_id": self.id, "occurred_at": AT, "recorded_by": "svc:intake", "episode_id": new_id(),
            "expected_release_on": day, "parole_status": "NOT_YET", "rule_set": "parole-2018",
            "inputs_hash": "0" * 16, "legal_status": "CONVICTED_FINAL",
        })  # fmt: skip

    def released(self, **changes: object) -> PersonReleased:
        return PersonReleased.model_validate({
            "person_id": self.id, "occurred_at": AT + timedelta(days=180), "recorded_by": "acc-intake",
            "episode_id": new_id(), "facility": self.facility, "release_reason": "SENTENCE_EXPIRED",
            "released_on": "2026-08-29", "supervision": "NONE", **changes,
        })  # fmt: skip

    def enrolled(self, state: str = "ENROLLED") -> EnrolmentOpened:
        return EnrolmentOpened.model_validate({
            "person_id": self.id, "occurred_at": AT + timedelta(days=10), "recorded_by": "acc-psy",
            "enrolment_id": self.id, "cohort_id": new_id(), "programme_code": "RCS-CORE-8",
            "facility": self.facility, "state": state,
        })  # fmt: skip

    def certified(self) -> CertificateIssued:
        return CertificateIssued.model_validate({
            "person_id": self.id, "occurred_at": AT + timedelta(days=170), "recorded_by": "acc-psy",
            "enrolment_id": self.id, "certificate_id": new_id(), "serial": "INZ-2026-0001",
            "programme_code": "RCS-CORE-8",
        })  # fmt: skip

    def case_opened(self, case_id: UUID) -> CaseOpened:
        return CaseOpened.model_validate({
            "person_id": self.id, "occurred_at": AT + timedelta(days=20), "recorded_by": "svc:reintegration",
            "case_id": case_id, "trigger": "RELEASE_IN_12_MONTHS",
        })  # fmt: skip

    def assigned(self, case_id: UUID, worker: str, org: str = "PFR") -> WorkerAssigned:
        return WorkerAssigned.model_validate({
            "person_id": self.id, "occurred_at": AT + timedelta(days=21), "recorded_by": "acc-psy",
            "case_id": case_id, "assignment_id": new_id(), "worker_id": worker, "org": org, "role": "PRIMARY",
        })  # fmt: skip

    def handed_over(self, case_id: UUID, worker: str, org: str = "PFR") -> HandoverAccepted:
        return HandoverAccepted.model_validate({
            "person_id": self.id, "occurred_at": AT + timedelta(days=181), "recorded_by": worker,
            "case_id": case_id, "handover_id": new_id(), "to_worker": worker, "org": org,
        })  # fmt: skip


async def make_account(
    api: Api,
    username: str,
    role: str,
    *,
    agency: str = "RCS",
    org: str | None = None,
    facilities: tuple[str, ...] = (),
    confirmed: bool = True,
) -> str:
    """An account in the database; its id."""
    wanted = Reach(role, agency, org, facilities)
    async with Transactions(api.app.state.sessions).begin() as session:
        account = await accounts.create_account(
            session, Passwords(), username=username, display_name=f"Officer {username}", reach=wanted,
            password=PASSWORD, by="test", now=api.clock.now(), confirmed=confirmed,
        )  # fmt: skip
        return str(account.id)


async def sign_in(api: Api, username: str, password: str = PASSWORD) -> dict[str, Any]:
    """The tokens of a sign-in through the door."""
    answer = await api.nobody().post("/v1/sessions", {"username": username, "password": password}, keyed=False)
    assert answer.status_code == 201, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


async def officer(api: Api, username: str = "keza", role: str = "rcs_intake_officer") -> Caller:
    """Somebody with a new account who has signed in; those who work in a facility work in Huye."""
    in_facility = role in ("rcs_intake_officer", "rcs_psychosocial_officer", "tvet_instructor")
    await make_account(api, username, role, facilities=("HUY",) if in_facility else ())
    return api.with_token((await sign_in(api, username))["access_token"])


def problem_of(answer: httpx2.Response) -> dict[str, Any]:
    """The problem document of an answer; fails when it is none."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    document: dict[str, Any] = json.loads(answer.text)
    assert {"type", "title", "status", "detail", "code", "instance", "request_id"} <= set(document)
    assert document["status"] == answer.status_code
    return document
