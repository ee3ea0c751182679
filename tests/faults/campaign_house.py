"""The stack under test: as `inzira up` starts it, with a proxy on every line, failpoints, a launcher for its parts."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from inzira_cli import secret_files
from inzira_cli.processes import (
    BROKER_OFFSET,
    CONTROLLER_OFFSET,
    DEPLOYABLES,
    OFFSETS,
    PORT_OFFSETS,
    POSTGRES_OFFSET,
    SERVICES,
    command,
    dsn,
    dsn_setting,
    processes,
)
from inzira_cli.run_folder import RunFolder
from inzira_cli.stack import LocalStack, Wanted
from inzira_cli.supervisor import Program, Supervisor, end, left_behind, write_conf
from inzira_platform.embedded import ApacheKafka, EmbeddedBroker, EmbeddedPostgres, free_base, free_port
from links import Links, Wire

LAUNCHER = Path(__file__).with_name("launch.py")
RATE_FACTOR = "1000"
FAILPOINTS = {
    "api": "emit_commit=0.15@0.02,commit_response=0.15@0.02",
    "worker": "read_send=0.1@0.05,ack_delete=0.2@0.1,getmany_tx=0.1@0.03,effects_commit=0.15@0.03,"
    "commit_offset=0.2@0.1,rebalance=0.5@0.3",
}
"""What waits how long and how often, so that a kill finds every window open."""


class ProxiedBroker(EmbeddedBroker):
    """The embedded broker, which tells its clients to come through the proxy."""

    advertised: int = 0

    def command(self) -> list[str]:
        words = super().command()
        words[words.index("--advertised-listener-url") + 1] = f"tcp://127.0.0.1:{self.advertised}"
        return words


class ProxiedKafka(ApacheKafka):
    """Apache Kafka, which tells its clients to come through the proxy."""

    advertised: int = 0

    def prepare(self) -> None:
        super().prepare()
        text = self._properties_file.read_text(encoding="ascii")
        line = f"advertised.listeners=PLAINTEXT://127.0.0.1:{self.advertised}\n"
        self._properties_file.write_text(text + line, encoding="ascii")


@dataclass(frozen=True)
class Ground:
    """Where a run keeps its things, and what it was started with."""

    run: RunFolder
    kafka: str
    base_port: int
    wires: Mapping[str, Wire]
    mutant: str | None = None
    failpoints: Mapping[str, str] = field(default_factory=dict)
    disk: Path | None = None
    """A small file system of its own for PostgreSQL, where one could be mounted."""
    broker_disk: Path | None = None
    """Another one for Apache Kafka's log."""
    session_ms: int | None = None
    """How long the broker waits for a consumer that says nothing; the stack's own by default."""

    @property
    def held(self) -> Path:
        """One folder per process: which failpoints hold it (`launch.hold_points`)."""
        return self.run.path / "held"

    @property
    def former(self) -> Path:
        """One file per process that is the version before: which events it cannot read yet."""
        return self.run.path / "former"

    @property
    def clocks(self) -> Path:
        """One file per process: by how many seconds its clock is wrong."""
        return self.run.path / "clocks"


def make_ground(
    folder: Path, kafka: str, disk_mb: int, mutant: str | None = None, failpoints: Mapping[str, str] = FAILPOINTS
) -> Ground:
    """A fresh run folder with free ports and, for an administrator of the machine, a small disk for PostgreSQL."""
    run = RunFolder.at(folder)
    run.create()
    run.path.chmod(0o755)
    base = free_base(OFFSETS)
    disk = _mount(run.path / "disk", disk_mb)
    broker_disk = _mount(run.path / "broker-disk", disk_mb) if kafka == "apache" else None
    ground = Ground(run, kafka, base, _wires(base), mutant, failpoints, disk, broker_disk)
    for folder_of_files in (ground.clocks, ground.former, *[ground.held / one.name for one in processes()]):
        folder_of_files.mkdir(parents=True, exist_ok=True)
    return ground


def _wires(base: int) -> dict[str, Wire]:
    wanted = {"broker": base + BROKER_OFFSET}
    wanted |= {f"pg:{name}": base + POSTGRES_OFFSET for name in DEPLOYABLES}
    wanted |= {f"http:{name}": base + PORT_OFFSETS[name] for name in SERVICES}
    return {name: Wire(free_port(), target) for name, target in wanted.items()}


def _mount(path: Path, megabytes: int) -> Path | None:
    if os.geteuid() != 0 or not megabytes:
        return None
    path.mkdir(exist_ok=True)
    options = f"size={megabytes}m,mode=755"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)], check=False, capture_output=True)
    return path if done.returncode == 0 else None


class House(LocalStack):
    """One stack whose parts reach each other through the proxy only."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.told: list[str] = []
        super().__init__(ground.run, Wanted(ground.kafka, None, None, ground.base_port), self.told.append)
        self.links = Links(ground.wires)

    def _embedded_postgres(self, port: int) -> EmbeddedPostgres:
        made = super()._embedded_postgres(port)
        if self._ground.disk is not None:
            return EmbeddedPostgres(self._ground.disk / "postgres", port, password=made.password)
        return made

    def _embedded_broker(self, base: int) -> ApacheKafka | EmbeddedBroker | None:
        made = super()._embedded_broker(base)
        if isinstance(made, ApacheKafka):
            folder = self._ground.broker_disk / "kafka" if self._ground.broker_disk else made.data_dir
            made = ProxiedKafka(folder, made.port, controller_port=base + CONTROLLER_OFFSET)
        elif made is not None:
            made = ProxiedBroker(made.port, made.data_dir)
        made.advertised = self._ground.wires["broker"].listen
        return made

    @property
    def broker(self) -> ApacheKafka | EmbeddedBroker:
        """The broker's process."""
        assert self._broker is not None
        return self._broker

    @property
    def postgres(self) -> EmbeddedPostgres:
        """The database's process."""
        assert self._postgres is not None
        return self._postgres

    @property
    def supervisor(self) -> Supervisor:
        """Who starts again what was killed."""
        return self._supervisor

    def admin_dsn(self, database: str) -> str:
        """The administrator's way into one database, past the proxy."""
        return f"{self._admin_dsn.rpartition('/')[0]}/{database}"

    def _environment(self, deployable: str) -> dict[str, str]:
        wires, prefix = self._ground.wires, deployable.upper()
        app = secret_files.passwords(self._run.secrets, deployable).app
        given = super()._environment(deployable)
        given[dsn_setting(deployable, "app")] = dsn(deployable, "app", app, _local(wires[f"pg:{deployable}"]))
        given[f"{prefix}_KAFKA_BOOTSTRAP"] = _local(wires["broker"])
        if self._ground.session_ms is not None:
            given[f"{prefix}_KAFKA_SESSION_MS"] = str(self._ground.session_ms)
        if deployable == "gateway":
            given |= {
                f"GATEWAY_UPSTREAM_{name.upper()}": f"http://{_local(wires[f'http:{name}'])}" for name in SERVICES
            }
            given["GATEWAY_RATE_FACTOR"] = RATE_FACTOR
        return given

    def _write_conf(self) -> None:
        children = [self._child_program(child, place) for place, child in enumerate(self._children(), start=1)]
        services = [self._service_program(one.deployable, one.action) for one in processes()]
        write_conf(self._run, [*children, *services], [program.name for program in services])

    def _service_program(self, deployable: str, action: str) -> Program:
        name = f"{deployable}-{action}"
        environment = {
            **self._environment(deployable),
            "INZIRA_FAILPOINTS": self._ground.failpoints.get(action, ""),
            "CAMPAIGN_CLOCK": str(self._ground.clocks / name),
            "CAMPAIGN_HELD": str(self._ground.held / name),
            "CAMPAIGN_FORMER": str(self._ground.former / name),
            "CAMPAIGN_MUTANT": self._ground.mutant or "",
        }
        words = [sys.executable, str(LAUNCHER), *command(deployable, action)[1:]]
        # what the supervisor's file format would read as the end of a value
        return Program(name, words, {key: value for key, value in environment.items() if value})

    async def open(self) -> None:
        """Bring everything up. Raises StackError."""
        await self.links.start()
        await self.bring_up()

    async def close(self) -> None:
        """End exactly what was started."""
        self._supervisor.stop()
        end(left_behind(self._run))
        await self.links.stop()
        for disk in (self._ground.disk, self._ground.broker_disk):
            if disk is not None:
                await asyncio.to_thread(subprocess.run, ["umount", "-l", str(disk)], check=False)


def _local(wire: Wire) -> str:
    return f"127.0.0.1:{wire.listen}"


def clear(folder: Path) -> None:
    """Remove a run folder."""
    shutil.rmtree(folder, ignore_errors=True)
