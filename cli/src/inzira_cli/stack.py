"""Bringing a whole stack up on one machine: database, broker, migrations, processes, in that order.

Each deployable goes its own way from the moment PostgreSQL is up (provision, migrate, start, wait),
so the slowest one alone decides how long the start takes.
"""

import asyncio
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from inzira_platform.child_process import Child
from inzira_platform.embedded import ApacheKafka, EmbeddedBroker, EmbeddedPostgres, is_free
from inzira_platform.provision import close_to_public, provision

from inzira_cli import secret_files
from inzira_cli.processes import (
    BROKER_OFFSET,
    CONTROLLER_OFFSET,
    DEPLOYABLES,
    POSTGRES_OFFSET,
    Site,
    command,
    dsn,
    dsn_setting,
    local_port,
    processes,
    settings,
)
from inzira_cli.run_folder import RunFolder, Stack
from inzira_cli.supervisor import MARK, Program, Supervisor, write_conf

_READY_SECONDS: Final = 90.0
_FETCH_WAIT_MS: Final = {"tansu": 2000, "apache": 5000, "external": 500}

_PASSED_ON: Final = ("GATEWAY_RATE_FACTOR",)
"""What whoever starts the stack may say to its processes: a load test asks more often than people do."""

_SESSION_MS: Final = {"tansu": 10_000, "apache": 10_000, "external": 30_000}

Report = Callable[[str], None]


class StackError(RuntimeError):
    """The stack could not be brought up; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator asked `up` for."""

    kafka: str
    kafka_bootstrap: str | None
    admin_dsn: str | None
    base_port: int


class LocalStack:
    """One stack in one run folder."""

    def __init__(self, run: RunFolder, wanted: Wanted, report: Report) -> None:
        self._run = run
        self._wanted = wanted
        self._report = report
        self._began = time.monotonic()
        self._supervisor = Supervisor(run)
        base = wanted.base_port
        self._postgres = None if wanted.admin_dsn else self._embedded_postgres(base + POSTGRES_OFFSET)
        self._broker = self._embedded_broker(base)

    def _embedded_postgres(self, port: int) -> EmbeddedPostgres:
        self._run.create()
        password = secret_files.once(self._run.secrets / "postgres.password", secret_files.new_password)
        return EmbeddedPostgres(self._run.path / "postgres", port, password=password)

    def _embedded_broker(self, base: int) -> ApacheKafka | EmbeddedBroker | None:
        if self._wanted.kafka == "apache":
            folder = self._run.path / "kafka"
            return ApacheKafka(folder, base + BROKER_OFFSET, controller_port=base + CONTROLLER_OFFSET)
        if self._wanted.kafka == "tansu":
            return EmbeddedBroker(base + BROKER_OFFSET, self._run.path / "broker")
        return None

    @property
    def stack(self) -> Stack:
        """What is kept for the commands that come later."""
        bootstrap = self._broker.bootstrap if self._broker else self._wanted.kafka_bootstrap or ""
        return Stack(self._wanted.base_port, self._wanted.kafka, bootstrap, self._server)

    @property
    def _admin_dsn(self) -> str:
        return self._postgres.dsn if self._postgres else self._wanted.admin_dsn or ""

    @property
    def _server(self) -> str:
        return self._admin_dsn.rpartition("@")[2].partition("/")[0]

    async def bring_up(self) -> None:
        """Start everything and wait until every service says it is ready. Raises StackError."""
        self._refuse_taken_ports()
        self._run.create()
        secret_files.make_all(self._run.secrets)
        children = [child for child in (self._postgres, self._broker) if child]
        await asyncio.gather(*[asyncio.to_thread(child.prepare) for child in children])
        self._write_conf()
        self._run.remember(self.stack)
        self._supervisor.start()
        await asyncio.gather(*[asyncio.to_thread(child.wait_ready) for child in children])
        for child in children:
            self._say(f"{child.name} answers on 127.0.0.1:{child.port}")
        if self._postgres:
            await close_to_public(self._admin_dsn)
        await asyncio.gather(*[self._bring_up_one(deployable) for deployable in DEPLOYABLES])

    def _refuse_taken_ports(self) -> None:
        child_ports = [child.port for child in (self._postgres, self._broker) if child]
        for port in [*child_ports, *map(local_port(self._wanted.base_port), DEPLOYABLES)]:
            if not is_free(port):
                raise StackError(f"Port {port} is in use. Free it, or give other ports with --base-port.")

    async def _bring_up_one(self, deployable: str) -> None:
        secrets = secret_files.passwords(self._run.secrets, deployable)
        await provision(self._admin_dsn, deployable, secrets)
        await self._migrate(deployable)
        await asyncio.to_thread(self._supervisor.begin, f"{deployable}-api")
        await self._wait_ready(deployable)
        # after the api, not beside it: the processors are the bottleneck of a start
        await asyncio.to_thread(self._supervisor.begin, f"{deployable}-worker")
        self._say(f"{deployable} is ready")

    async def _migrate(self, deployable: str) -> None:
        log = self._run.logs / f"{deployable}-migrate.log"
        migrator = secret_files.passwords(self._run.secrets, deployable).migrator
        address = dsn(deployable, "migrator", migrator, self._server)
        given = {**self._environment(deployable), dsn_setting(deployable, "migrator"): address}
        variables = {**os.environ, **given, MARK: str(self._run.path)}
        with log.open("wb") as output:
            running = await asyncio.create_subprocess_exec(
                sys.executable,
                *command(deployable, "migrate"),
                env=variables,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            code = await running.wait()
        if code:
            raise StackError(f"The migrations of {deployable} failed:\n{_tail(log)}")

    async def _wait_ready(self, deployable: str) -> None:
        port = local_port(self._wanted.base_port)(deployable)
        deadline = time.monotonic() + _READY_SECONDS
        while not await asyncio.to_thread(_is_ready, port):
            failed = [state.name for state in self._supervisor.states() if state.state == "FATAL"]
            if failed or time.monotonic() > deadline:
                name = next((one for one in failed if one.startswith(deployable)), f"{deployable}-api")
                raise StackError(f"{name} did not become ready:\n{_tail(self._run.logs / f'{name}.log')}")
            await asyncio.sleep(0.2)

    def _environment(self, deployable: str) -> dict[str, str]:
        site = Site(
            environment="local",
            log_format="json",
            test_data=True,
            kafka_bootstrap=self.stack.kafka_bootstrap,
            kafka_idempotence=self._wanted.kafka != "tansu",
            kafka_fetch_wait_ms=_FETCH_WAIT_MS[self._wanted.kafka],
            kafka_session_ms=_SESSION_MS[self._wanted.kafka],
            listen_on="127.0.0.1",
            secrets=self._run.secrets,
            port=local_port(self._wanted.base_port),
            host=lambda _: "127.0.0.1",
        )
        app = secret_files.passwords(self._run.secrets, deployable).app
        return {
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            **settings(deployable, site),
            dsn_setting(deployable, "app"): dsn(deployable, "app", app, self._server),
        }

    def _write_conf(self) -> None:
        programs = [self._child_program(child, place) for place, child in enumerate(self._children(), start=1)]
        services = [
            Program(
                one.name,
                [sys.executable, *command(one.deployable, one.action)],
                self._environment(one.deployable),
            )
            for one in processes()
        ]
        write_conf(self._run, [*programs, *services], [program.name for program in services])

    def _children(self) -> list[tuple[str, Child]]:
        named = [("postgres", self._postgres), ("broker", self._broker)]
        return [(name, child) for name, child in named if child]

    def _child_program(self, child: tuple[str, Child], place: int) -> Program:
        name, process = child
        return Program(
            name,
            process.command(),
            priority=place,
            autostart=True,
            stop_signal=process.stop_signal.name.removeprefix("SIG"),
            stop_seconds=int(process.stop_seconds),
        )

    def _say(self, text: str) -> None:
        self._report(f"{time.monotonic() - self._began:5.1f} s  {text}")


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tail(log: Path, lines: int = 15) -> str:
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return f"(no log at {log})"
