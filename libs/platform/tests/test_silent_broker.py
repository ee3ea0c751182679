"""A broker whose connections go silent, as behind a firewall that forgot them: no answer and no end."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer
from inzira_platform import broker, failpoints
from inzira_platform.broker import BrokerSettings, stop_client
from inzira_platform.consumer import ConsumerRunner
from inzira_platform.embedded import EmbeddedBroker, free_port
from inzira_platform.ids import new_id
from inzira_platform.relay import Relay
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api
from inzira_platform.worker import make_runtime


class Wire:
    """Passes bytes on to the broker; `silence` swallows what comes over the connections there are."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.silent: set[asyncio.StreamWriter] = set()
        self.open: set[asyncio.StreamWriter] = set()

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, onward = await asyncio.open_connection("127.0.0.1", self.target)
        self.open |= {writer, onward}
        await asyncio.gather(self.carry(reader, onward), self.carry(there, writer), return_exceptions=True)

    async def carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                if sink not in self.silent:
                    sink.write(data)
        if sink not in self.silent:
            sink.close()

    def silence(self) -> None:
        self.silent = set(self.open)


@asynccontextmanager
async def wired(broker: EmbeddedBroker) -> AsyncIterator[Wire]:
    """The broker must advertise the wire's address, so that its clients stay on it."""
    wire = Wire(broker.port)
    server = await asyncio.start_server(wire.join, "127.0.0.1", broker.advertised_port)
    yield wire
    server.close()
    for writer in wire.open:
        writer.close()


class WiredBroker(EmbeddedBroker):
    """Says that it is found at another port, where the wire begins."""

    def __init__(self, port: int, data_dir: Path) -> None:
        super().__init__(port, data_dir)
        self.advertised_port = free_port()

    def command(self) -> list[str]:
        old = f"tcp://127.0.0.1:{self.port}"
        *options, last = super().command()
        place = options.index("--advertised-listener-url") + 1
        assert options[place] == old
        options[place] = f"tcp://127.0.0.1:{self.advertised_port}"
        return [*options, last]


@pytest.fixture
def broker_behind(tmp_path: Path) -> WiredBroker:
    return WiredBroker(free_port(), tmp_path / "broker")


async def echoes(api: Api, person: UUID, count: int, seconds: float) -> None:
    sql = "SELECT count(*) FROM note WHERE person_id = $1 AND code LIKE 'ECHO-%'"
    async with asyncio.timeout(seconds):
        while await api.database.value(sql, person) < count:  # noqa: ASYNC110 - the condition is in a database
            await asyncio.sleep(0.05)


async def write(api: Api, person: UUID) -> None:
    caller = api.as_("tvet_instructor", facility="HUY")
    body = {"person_id": str(person), "code": f"N-{new_id().hex[-12:].upper()}"}
    assert (await caller.post("/v1/notes", body)).status_code == 201


async def test_a_consumer_does_not_wait_for_a_silent_broker(
    api: Api, service: Service, settings: ServiceSettings, broker_behind: WiredBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connections go silent between the effects and the offset."""
    monkeypatch.setenv("INZIRA_FAILPOINTS", "commit_offset=1.5")
    failpoints._points.cache_clear()
    person = new_id()
    await api.database.execute("INSERT INTO person_scope(person_id, facility) VALUES ($1, 'HUY')", person)
    broker_behind.start()
    through = f"127.0.0.1:{broker_behind.advertised_port}"
    mine = settings.model_copy(update={"kafka_bootstrap": through, "kafka_session_ms": 6000})
    relay = Relay(service.name, mine.database_dsn.get_secret_value(), BrokerSettings.of(mine))
    runtime = make_runtime(service, mine)
    relaying = asyncio.create_task(relay.run())
    try:
        async with wired(broker_behind) as wire:
            consuming = asyncio.create_task(ConsumerRunner(runtime).run())
            await write(api, person)
            await echoes(api, person, 1, seconds=20)
            wire.silence()
            await write(api, person)
            await echoes(api, person, 2, seconds=32)  # aiokafka itself would wait 40 s for each answer
            consuming.cancel()
            await asyncio.gather(consuming, return_exceptions=True)
    finally:
        relaying.cancel()
        await asyncio.gather(relaying, return_exceptions=True)
        await runtime.engine.dispose()
        broker_behind.stop()
        monkeypatch.undo()
        failpoints._points.cache_clear()
    codes = await api.database.rows("SELECT code FROM note WHERE person_id = $1 AND code LIKE 'ECHO-%'", person)
    assert len(codes) == 2


class Stuck:
    """What aiokafka's client has been seen to be after connections were reset: its end never comes."""

    async def stop(self) -> None:
        while True:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(1)
                return


async def test_a_client_that_cannot_be_closed_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "CLOSE_SECONDS", 0.05)
    async with asyncio.timeout(0.5):
        assert await stop_client(cast("AIOKafkaConsumer", Stuck())) is False


WORKER = """
import asyncio, sys
from sample_service import SERVICE, Settings
from inzira_platform import worker
from inzira_platform.broker import UnclosedError

async def hung(_runner):
    asyncio.get_running_loop().create_task(never_ends())
    raise UnclosedError

async def never_ends():
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass

worker.ConsumerRunner.run = hung
settings = Settings.model_validate_json(sys.stdin.read())
asyncio.run(worker.run_worker(SERVICE, settings))
"""


async def test_a_worker_whose_client_cannot_be_closed_ends_at_once(settings: ServiceSettings) -> None:
    """Whatever of the client still hangs: the process does not wait for it."""
    given = settings.model_dump(mode="json")
    given |= {name: getattr(settings, name).get_secret_value() for name in ("database_dsn", "migrator_dsn")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
    )  # fmt: skip
    try:
        told, _ = await asyncio.wait_for(process.communicate(json.dumps(given).encode()), 30)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 1
    assert b"worker.ended" in told
