"""The whole stack as `make up` starts it: it answers, heals, stops without a trace and starts again on its data."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from inzira_cli.processes import DEPLOYABLES, OFFSETS, local_port, processes
from inzira_cli.run_folder import RunFolder
from inzira_cli.supervisor import State, Supervisor, left_behind
from inzira_platform.embedded import free_base, port_taken
from inzira_platform.testing.folders import server_folder


@dataclass(frozen=True)
class Machine:
    """A run folder and ports of its own."""

    run: RunFolder
    base_port: int

    def inzira(self, command: str, *options: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-m", "inzira_cli", command, "--data", str(self.run.path), *options]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    def up(self) -> subprocess.CompletedProcess[str]:
        return self.inzira("up", "--base-port", str(self.base_port))

    def state(self, name: str) -> State:
        return next(state for state in Supervisor(self.run).states() if state.name == name)

    def get(self, deployable: str, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", local_port(self.base_port)(deployable), timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return 0, b""
        finally:
            connection.close()


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    base = free_base(OFFSETS)
    with server_folder("stack") as folder:
        made = Machine(RunFolder.at(folder / "run"), base)
        done = made.up()
        assert done.returncode == 0, done.stdout + done.stderr
        yield made
        made.inzira("down")


def wait_for(what: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.parametrize("deployable", DEPLOYABLES)
def test_every_deployable_is_ready(machine: Machine, deployable: str) -> None:
    assert machine.get(deployable, "/readyz")[0] == 200


def test_every_process_runs(machine: Machine) -> None:
    wait_for(lambda: all(machine.state(process.name).state == "RUNNING" for process in processes()))
    assert machine.inzira("status").returncode == 0


def test_gateway_publishes_the_documents_of_all(machine: Machine) -> None:
    status, body = machine.get("gateway", "/v1/openapi.json")
    assert status == 200
    assert json.loads(body)["openapi"] == "3.1.0"


def test_up_again_says_so_and_changes_nothing(machine: Machine) -> None:
    before = [state.pid for state in Supervisor(machine.run).states()]
    done = machine.up()
    assert done.returncode == 0
    assert "Already up." in done.stdout
    assert [state.pid for state in Supervisor(machine.run).states()] == before


def test_no_password_is_shown_in_the_list_of_processes(machine: Machine) -> None:
    secrets = [path.read_text().strip() for path in machine.run.secrets.glob("*.password")]
    for state in Supervisor(machine.run).states():
        words = Path(f"/proc/{state.pid}/cmdline").read_text()
        assert not any(secret in words for secret in secrets)


def test_a_killed_api_comes_back(machine: Machine) -> None:
    before = machine.state("tvet-api").pid
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: machine.state("tvet-api").pid not in (0, before))
    wait_for(lambda: machine.get("tvet", "/readyz")[0] == 200)


def test_a_service_stays_ready_to_serve_after_the_database_was_killed(machine: Machine) -> None:
    before = machine.state("postgres").pid
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: machine.state("postgres").pid not in (0, before))
    wait_for(lambda: all(machine.get(deployable, "/readyz")[0] == 200 for deployable in DEPLOYABLES))
    wait_for(lambda: all(machine.state(process.name).state == "RUNNING" for process in processes()))


def test_down_leaves_nothing_and_up_finds_its_data_again(machine: Machine) -> None:
    assert machine.inzira("down").returncode == 0
    assert left_behind(machine.run) == []
    assert not any(port_taken(machine.base_port + offset) for offset in OFFSETS)
    assert machine.inzira("status").returncode == 1
    assert machine.up().returncode == 0
    assert machine.get("gateway", "/readyz")[0] == 200
