"""A partner's receiver of webhooks: a real server on the loopback, and what wakes it."""

import asyncio
import base64
import json
import socket
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
import uvicorn
from inzira_gateway.grant.catalogue import load_catalogue
from inzira_gateway.settings import Settings
from inzira_gateway.transactions import Transactions
from inzira_gateway.webhook.address import Reach
from inzira_gateway.webhook.dispatch import Dispatcher
from inzira_gateway.webhook.places import AT_ONCE, SLOW_AT_ONCE, Free
from inzira_gateway.webhook.transport import Sender, tls_context
from inzira_gateway.webhook.vault import KeyVault
from inzira_gateway.webhook.wake import Watch
from inzira_gateway.webhook.work import work
from inzira_platform.clock import Clock
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.deliveries import Deliveries
from inzira_platform.worker import make_runtime
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

NAME = "receiver.partner.example"
PURPOSE = "reintegration_support"
ON_THIS_MACHINE = Reach(frozenset({443}), loopback=True)
EVERY_PLACE = Free(AT_ONCE, SLOW_AT_ONCE, Counter())


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    target: str = ""

    @property
    def webhook_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def document(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told

    def signed_by(self, public_key: str) -> bool:
        """Whether one of the signatures is of this key: checked with another library than the one that signs."""
        key = VerifyKey(base64.b64decode(public_key.removeprefix("whpk_")))
        content = f"{self.webhook_id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        for entry in self.headers["webhook-signature"].split(" "):
            version, _, signature = entry.partition(",")
            assert version == "v1a"
            try:
                key.verify(content, base64.b64decode(signature))
            except BadSignatureError:
                continue  # of another key
            return True
        return False


@dataclass
class Receiver:
    """Answers with `plan`, one entry for each request, then 204; SLOW and ENDLESS are behaviours."""

    port: int = 0
    plan: list[int] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    sent_bytes: int = 0
    let_go: threading.Event = field(default_factory=threading.Event)

    SLOW, ENDLESS, HELD = -1, -2, -3

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?of=inzira"

    async def take(self, request: Request) -> Response:
        query = request.scope["query_string"].decode()
        target = request.scope["raw_path"].decode() + (f"?{query}" if query else "")
        self.seen.append(Seen(request.scope["path"], dict(request.headers), await request.body(), target))
        status = self.plan.pop(0) if self.plan else 204
        if status == self.SLOW:
            await asyncio.sleep(5)
        if status == self.HELD:
            while not self.let_go.is_set():  # noqa: ASYNC110 - set by another thread
                await asyncio.sleep(0.01)
        if status == self.ENDLESS:
            return StreamingResponse(self._endless())
        headers = {"Location": f"http://127.0.0.1:{self.port}/elsewhere"} if status // 100 == 3 else {}
        return Response("words of the receiver " * 10 if status != 204 else None, max(status, 200), headers)

    async def _endless(self) -> AsyncIterator[bytes]:
        for _ in range(1000):  # long enough for every patience, and no more
            self.sent_bytes += 65536
            yield b"x" * 65536
            await asyncio.sleep(0.002)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{rest:path}", self.take, methods=["POST", "GET"])])


@asynccontextmanager
async def working(
    service: Service, settings: ServiceSettings, clock: Clock, deliveries: Deliveries
) -> AsyncIterator[None]:
    """The loop of a worker, woken by its consumer and by the app; nothing may stop it."""
    runtime = make_runtime(service, settings, clock)
    runtime.bells = deliveries.bells
    hearing = asyncio.create_task(runtime.bells.hear(settings.database_dsn.get_secret_value()))
    task = asyncio.create_task(work(runtime))
    try:
        yield
        assert not task.done(), "nothing a receiver does stops the loop"
    finally:
        for one in (task, hearing):
            one.cancel()
        await asyncio.gather(task, hearing, return_exceptions=True)
        await runtime.engine.dispose()


@contextmanager
def receiving(certificate: tuple[Path, Path] | None = None) -> Iterator[Receiver]:
    """Serve on a free loopback port, in a thread of its own; with TLS where a certificate and its key are given."""
    receiver = Receiver()
    listener = socket.create_server(("127.0.0.1", 0))
    receiver.port = listener.getsockname()[1]
    tls = {"ssl_certfile": certificate[0], "ssl_keyfile": certificate[1]} if certificate else {}
    config = uvicorn.Config(
        receiver.app(), log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1, **tls
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.let_go.set()
        server.should_exit = True
        thread.join(5)
        listener.close()


@dataclass(frozen=True)
class Authority:
    """A certificate authority of these tests, and a certificate of the receiver's name."""

    trusted: Path
    certificate: Path
    key: Path

    @classmethod
    def made_in(cls, folder: Path, name: str = NAME) -> "Authority":
        authority = trustme.CA()
        own = authority.issue_cert(name)
        made = cls(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
        authority.cert_pem.write_to_path(made.trusted)
        own.private_key_pem.write_to_path(made.key)
        for number, part in enumerate(own.cert_chain_pems):
            part.write_to_path(made.certificate, append=number > 0)
        return made


@dataclass
class Names:
    """A resolver whose answers are given: one list for each question, the last one for ever."""

    answers: list[list[str]]
    asked: list[str] = field(default_factory=list)

    async def resolve(self, host: str, port: int) -> list[str]:  # noqa: ARG002 - as the protocol has it
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@dataclass
class Worker:
    """What the worker does, one turn at a time."""

    api: Api
    dispatcher: Dispatcher
    watch: Watch

    @classmethod
    def of(cls, api: Api, settings: Settings, sender: Sender | None = None) -> "Worker":
        """A worker on the app's database; its waits are not spread."""
        vault = KeyVault.from_file(settings.field_key_file)
        made = sender or Sender(Names([["127.0.0.1"]]), ON_THIS_MACHINE, tls_context(None))
        transactions = Transactions(api.app.state.sessions)
        watch = Watch(transactions, load_catalogue(), api.clock)
        return cls(api, Dispatcher(transactions, vault, made, api.clock, lambda: 0.0), watch)

    async def look(self) -> int:
        return sum([await self.watch.look(one) for one in await self.watch.behind()])

    async def turn(self) -> int:
        """Look for news, deliver what is due; how many attempts were made."""
        await self.look()
        return await self.dispatcher.turn(16)


async def woken_at(caller: Caller, url: str, purpose: str = PURPOSE) -> str:
    """An endpoint of this partner; its id."""
    answer = await caller.post("/v1/webhooks", {"url": url, "purpose": purpose})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def deliveries_of(caller: Caller, endpoint_id: str) -> list[dict[str, Any]]:
    """The delivery log, the oldest attempt first."""
    answer = await caller.get(f"/v1/webhooks/{endpoint_id}/deliveries")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items[::-1]


async def keys_of(caller: Caller, endpoint_id: str) -> list[str]:
    """The public keys that sign now, the newest first."""
    answer = await caller.get(f"/v1/webhooks/{endpoint_id}")
    assert answer.status_code == 200, answer.text
    return [key["public_key"] for key in answer.json()["keys"]]
