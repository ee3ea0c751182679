"""Apache Kafka as a child process: KRaft, one node, run from Maven artefacts on a JDK 17 (events.md 6)."""

import os
import shutil
import socket
import subprocess
import uuid
from base64 import urlsafe_b64encode
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Final

from inzira_platform.child_process import Child, EmbeddedError, free_port

_HEAP: Final = "512m"
_PROPERTIES: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dir={logs}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.retention.hours=168
log.segment.bytes=16777216
log.index.size.max.bytes=1048576
metadata.max.idle.interval.ms=0
num.io.threads=2
num.network.threads=1
group.coordinator.threads=1
"""
"""The last four are what a broker of one node does without while nobody asks it anything: the controller's record of
nothing, twice a second, and threads that each look for work three to five times a second.
"""


class ApacheKafka(Child):
    """One Apache Kafka node on 127.0.0.1; what it was told survives a restart.

    Needs `java` (17 or newer) and, the first time, `mvn` and a reachable artefact repository.
    """

    name = "Apache Kafka"
    ready_seconds = 60.0
    stop_seconds = 30.0

    def __init__(self, data_dir: Path, port: int, *, controller_port: int | None = None) -> None:
        super().__init__(data_dir, port)
        self._controller_port = controller_port

    @property
    def bootstrap(self) -> str:
        """Address for Kafka clients."""
        return f"127.0.0.1:{self.port}"

    @property
    def _properties_file(self) -> Path:
        return self.data_dir / "server.properties"

    @property
    def _classpath_file(self) -> Path:
        return self.data_dir / "classpath.txt"

    def command(self) -> list[str]:
        """The broker in the foreground. `prepare` must have run."""
        options = [
            f"-Xms{_HEAP}",
            f"-Xmx{_HEAP}",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-XX:-UsePerfData",  # counters nobody reads, sampled 20 times a second
        ]
        return [*self._java(*options), "kafka.Kafka", str(self._properties_file)]

    def prepare(self) -> None:
        """Resolve the artefacts, write the properties, format the storage. Raises EmbeddedError."""
        super().prepare()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        if not self._classpath_file.exists():
            self._resolve()
        logs = self.data_dir / "logs"
        controller = self._controller_port or free_port()
        properties = _PROPERTIES.format(port=self.port, controller=controller, logs=logs)
        self._properties_file.write_text(properties, encoding="ascii")
        if not (logs / "meta.properties").exists():
            # the "A" in front of a random id: one that began with a hyphen would be read as an option
            cluster = "A" + urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")[1:]
            self._run(
                *self._java("-Xmx128m", "-XX:TieredStopAtLevel=1"),
                *["kafka.tools.StorageTool", "format", "--standalone"],
                *["-t", cluster, "-c", str(self._properties_file)],
            )

    def is_ready(self) -> bool:
        """The port is open and an ApiVersions request is answered: the node has left recovery."""
        try:
            with closing(socket.create_connection(("127.0.0.1", self.port), timeout=1)) as probe:
                probe.sendall(_API_VERSIONS)
                return len(probe.recv(4)) == 4
        except OSError:
            return False

    def _java(self, *options: str) -> list[str]:
        java = shutil.which("java")
        if java is None:
            raise EmbeddedError("Apache Kafka needs a Java runtime, version 17 or newer: no `java` was found.")
        level = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
        return [java, *options, level, "-cp", self._classpath_file.read_text(encoding="utf-8").strip()]

    def _resolve(self) -> None:
        maven = shutil.which("mvn")
        if maven is None:
            raise EmbeddedError("Apache Kafka is fetched by Maven: no `mvn` was found.")
        pom = self.data_dir / "pom.xml"
        pom.write_text(files("inzira_platform").joinpath("apache_kafka.pom.xml").read_text(encoding="utf-8"))
        target = self._classpath_file
        self._run(maven, "-q", "-B", "-f", str(pom), "dependency:build-classpath", f"-Dmdep.outputFile={target}")

    def _run(self, *command: str) -> None:
        with self.log_file.open("ab") as log:
            done = subprocess.run(command, stdout=log, stderr=log, env=dict(os.environ), check=False)  # noqa: S603 -- the command is built here, from no input
        if done.returncode:
            raise EmbeddedError(f"{self.name} could not be prepared. See {self.log_file}.")


# ApiVersions v0, correlation id 1, no client id: the first request any Kafka client sends
_API_VERSIONS: Final = bytes.fromhex("0000000a0012000000000001ffff")
