"""A foreground process with a port, run as a child: started, waited for, ended by its own id."""

import os
import secrets
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from signal import SIGTERM, Signals
from typing import Final

_POLL_SECONDS: Final = 0.05


class EmbeddedError(RuntimeError):
    """A child could not be started; the message says what to do, the log says why."""


PORTS: Final = range(10_000, 32_000)
"""Below those that the system gives to connections which ask for none: one of them may come to hold any of these."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nothing holds at the moment of asking."""
    while not is_free(port := secrets.choice(PORTS)):
        pass
    return port


def free_base(offsets: Collection[int]) -> int:
    """A port from which on the ports at all these offsets are free."""
    while True:
        base = free_port()
        if base + max(offsets) in PORTS and all(is_free(base + offset) for offset in offsets):
            return base


def is_free(port: int) -> bool:
    """Whether a server can begin on this port of 127.0.0.1: none answers, and no outgoing connection holds it."""
    if port_taken(port):
        return False
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: what is over is no hindrance
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def port_taken(port: int) -> bool:
    """Whether something on 127.0.0.1 answers on ``port``."""
    with closing(socket.socket()) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Child(ABC):
    """One foreground process with a port; start waits until it answers, stop until it is gone."""

    name: str
    stop_signal: Signals = SIGTERM
    ready_seconds: float = 20.0
    stop_seconds: float = 15.0

    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir = data_dir.absolute()
        self.port = port
        self.log_file = self.data_dir.with_name(f"{self.data_dir.name}.log")
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """The command that runs this in the foreground."""

    def environment(self) -> dict[str, str]:
        """The environment of that command."""
        return dict(os.environ)

    def prepare(self) -> None:
        """Create what the process needs before its first start. Safe to repeat."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)

    def is_ready(self) -> bool:
        """Whether clients can use it now."""
        return port_taken(self.port)

    def start(self) -> None:
        """Start and wait until ready.

        Raises EmbeddedError when the port is taken, or when it ends or is not ready in time.
        """
        if not is_free(self.port):
            raise EmbeddedError(f"Port {self.port} is in use; {self.name} cannot start there.")
        self.prepare()
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 -- the command is built here, from no input
                self.command(),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=self.environment(),
                start_new_session=True,  # Ctrl-C in a test run must not take the database first
            )
        self.wait_ready()

    def wait_ready(self) -> None:
        """Wait until ready. Raises EmbeddedError after `ready_seconds`."""
        deadline = time.monotonic() + self.ready_seconds
        while not self.is_ready():
            ended = self._process is not None and self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                self.stop()
                raise EmbeddedError(f"{self.name} did not start. See {self.log_file}.")
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End the process that `start` began, and only that one."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    @property
    def pid(self) -> int | None:
        """Process id while running."""
        return self._process.pid if self._process else None
