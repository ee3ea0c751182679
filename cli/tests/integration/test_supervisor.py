"""The real supervisor, holding small processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from inzira_cli.run_folder import RunFolder
from inzira_cli.supervisor import MARK, Program, Supervisor, alive, end, left_behind, write_conf

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[RunFolder]:
    folder = RunFolder.at(tmp_path / "a folder with spaces")
    folder.create()
    programs = [Program("first", SLEEP, autostart=True, priority=1), Program("second", SLEEP, {"TOKEN": "a%b"})]
    write_conf(folder, programs, ["second"])
    yield folder
    Supervisor(folder).stop()
    end(left_behind(folder))


def wait_for(what: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def pid_of(supervisor: Supervisor, name: str) -> int:
    return next(state.pid for state in supervisor.states() if state.name == name)


def test_start_runs_only_what_starts_by_itself_and_stop_leaves_nothing(run: RunFolder) -> None:
    supervisor = Supervisor(run)
    supervisor.start()
    wait_for(lambda: pid_of(supervisor, "first") > 0)
    assert pid_of(supervisor, "second") == 0
    supervisor.begin("second")
    wait_for(lambda: pid_of(supervisor, "second") > 0)
    held = [pid_of(supervisor, name) for name in ("first", "second")]
    # between fork and exec a process still shows the environment of its parent
    wait_for(lambda: b"TOKEN=a%b" in Path(f"/proc/{held[1]}/environ").read_bytes())
    assert f"{MARK}={run.path}".encode() in Path(f"/proc/{held[1]}/environ").read_bytes()
    assert supervisor.stop() is True
    assert not any(alive(pid) for pid in held)
    assert left_behind(run) == []
    assert supervisor.stop() is False


def test_a_process_that_dies_is_started_again(run: RunFolder) -> None:
    supervisor = Supervisor(run)
    supervisor.start()
    wait_for(lambda: any(state.state == "RUNNING" for state in supervisor.states()))
    before = pid_of(supervisor, "first")
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: pid_of(supervisor, "first") not in (0, before))


def test_what_a_killed_supervisor_left_is_found_and_ended_and_nothing_else(run: RunFolder) -> None:
    bystander = subprocess.Popen(SLEEP)
    try:
        supervisor = Supervisor(run)
        supervisor.start()
        wait_for(lambda: pid_of(supervisor, "first") > 0)
        orphan, holder = pid_of(supervisor, "first"), supervisor.pid()
        assert holder is not None
        os.kill(holder, signal.SIGKILL)
        wait_for(lambda: not alive(holder))
        assert left_behind(run) == [orphan]
        end(left_behind(run))
        assert not alive(orphan)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_configuration_is_closed_to_others(run: RunFolder) -> None:
    assert run.supervisor_conf.stat().st_mode & 0o777 == 0o600


def test_socket_moves_when_the_folder_is_too_deep(tmp_path: Path) -> None:
    deep = RunFolder.at(tmp_path / ("x" * 120))
    assert len(str(deep.socket)) < 108
    assert deep.socket != RunFolder.at(tmp_path / ("y" * 120)).socket
