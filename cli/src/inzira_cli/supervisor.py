"""The local supervisor: its configuration file, and talking to it over its socket."""

import os
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, cast

from supervisor.xmlrpc import SupervisorTransport

from inzira_cli.run_folder import RunFolder

MARK: Final = "INZIRA_RUN"
"""Set in every process of a stack to its run folder, so that they can be told from all others."""

_KEPT_VARIABLES: Final = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "JAVA_HOME",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)


@dataclass(frozen=True, slots=True)
class Program:
    """One supervised process."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    priority: int = 100
    autostart: bool = False
    stop_signal: str = "TERM"
    stop_seconds: int = 15


@dataclass(frozen=True, slots=True)
class State:
    """What the supervisor knows of one process; ``uptime`` in seconds."""

    name: str
    state: str
    pid: int
    uptime: int


def write_conf(run: RunFolder, programs: list[Program], group: list[str]) -> None:
    """Write supervisord.conf (mode 0600: it holds passwords). Programs named in ``group`` stop together."""
    sections = [
        _section("unix_http_server", {"file": str(run.socket), "chmod": "0600"}),
        _section("supervisord", _daemon_options(run)),
        _section("rpcinterface:supervisor", {"supervisor.rpcinterface_factory": _RPC_FACTORY}),
        *[_section(f"program:{program.name}", _program_options(run, program)) for program in programs],
        _section("group:inzira", {"programs": ",".join(group), "priority": "100"}),
    ]
    descriptor = os.open(run.supervisor_conf, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(sections))


_RPC_FACTORY: Final = "supervisor.rpcinterface:make_main_rpcinterface"


def _daemon_options(run: RunFolder) -> dict[str, str]:
    return {
        "logfile": str(run.logs / "supervisor.log"),
        "logfile_maxbytes": "5MB",
        "logfile_backups": "1",
        "pidfile": str(run.supervisor_pid),
        "childlogdir": str(run.logs),
        "directory": str(run.path),
        "umask": "077",
        **({"user": "root"} if os.geteuid() == 0 else {}),
    }


def _program_options(run: RunFolder, program: Program) -> dict[str, str]:
    variables = ",".join(f'{name}="{value}"' for name, value in program.environment.items())
    return {
        "command": " ".join(_quote(word) for word in program.command),
        **({"environment": variables} if variables else {}),
        "priority": str(program.priority),
        "autostart": "true" if program.autostart else "false",
        "autorestart": "true",
        "startsecs": "1",
        "startretries": "5",
        "stopsignal": program.stop_signal,
        "stopwaitsecs": str(program.stop_seconds),
        "redirect_stderr": "true",
        "stdout_logfile": str(run.logs / f"{program.name}.log"),
        "stdout_logfile_maxbytes": "20MB",
        "stdout_logfile_backups": "2",
    }


def _quote(word: str) -> str:
    return f'"{word}"' if " " in word else word


def _section(name: str, options: Mapping[str, str]) -> str:
    # % begins an expansion in this file format
    lines = [f"{key} = {value.replace('%', '%%')}" for key, value in options.items()]
    return "\n".join([f"[{name}]", *lines, ""])


class _Calls(Protocol):
    """The supervisor's remote calls, by its own names."""

    def getPID(self) -> int: ...  # noqa: N802 -- its name

    def getAllProcessInfo(self) -> list[dict[str, Any]]: ...  # noqa: N802 -- its name

    def startProcess(self, name: str, wait: bool) -> bool: ...  # noqa: N802 -- its name

    def shutdown(self) -> bool: ...


class Supervisor:
    """Talks to the supervisor of one run folder."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run

    def _rpc(self) -> "_Calls":
        transport = SupervisorTransport(None, None, f"unix://{self._run.socket}")
        return cast("_Calls", xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor)

    def pid(self) -> int | None:
        """Process id of the supervisor when it answers, else None."""
        try:
            return self._rpc().getPID()
        except (OSError, xmlrpc.client.Error):
            return None

    def start(self) -> None:
        """Start it in the background and wait until it answers. Raises RuntimeError after 10 s."""
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        steady = {"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2", MARK: str(self._run.path)}
        subprocess.run(  # noqa: S603 -- our own interpreter and our own file
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._run.supervisor_conf)],
            env={**kept, **steady},
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while self.pid() is None:
            if time.monotonic() > deadline:
                raise RuntimeError(f"The supervisor did not start. See {self._run.logs / 'supervisor.log'}.")
            time.sleep(0.02)

    def states(self) -> list[State]:
        """Every process it knows; empty when it is not running."""
        try:
            known = self._rpc().getAllProcessInfo()
        except (OSError, xmlrpc.client.Error):
            return []
        return [State(str(one["name"]), str(one["statename"]), int(one["pid"]), _uptime(one)) for one in known]

    def begin(self, name: str) -> None:
        """Start one process of the group without waiting for it."""
        self._rpc().startProcess(f"inzira:{name}", False)

    def stop(self, seconds: float = 60) -> bool:
        """End every process and the supervisor itself; whether it was running."""
        pid = self.pid()
        if pid is None:
            return False
        self._rpc().shutdown()
        deadline = time.monotonic() + seconds
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        return True


def _uptime(info: Mapping[str, Any]) -> int:
    return max(0, int(info["now"]) - int(info["start"])) if info["statename"] == "RUNNING" else 0


def alive(pid: int) -> bool:
    """Whether a process with this id runs; one that ended but was never reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True


def left_behind(run: RunFolder) -> list[int]:
    """Ids of processes that carry this stack's mark though no supervisor holds them (Linux only)."""
    wanted = f"{MARK}={run.path}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            variables = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if wanted in variables and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


def end(pids: list[int], seconds: float = 15) -> None:
    """Ask these processes to end, then make them."""
    for ask in (signal.SIGINT, signal.SIGKILL):
        for pid in pids:
            try:
                os.kill(pid, ask)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + seconds
        while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.05)
