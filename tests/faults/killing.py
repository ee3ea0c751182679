"""Faults of processes: killed, stopped, started anew under load; all of them at once."""

import asyncio
import http.client
import os
import signal
import time
import xmlrpc.client
from contextlib import suppress
from pathlib import Path
from typing import Any

from inzira_cli.processes import processes
from inzira_cli.supervisor import State
from nemesis import Fault, Scene

PARTS = tuple(one.name for one in processes())
WIPE_ROWS = 15_000
"""Past so many journal rows an emptied log is put on rarely: it is all published again."""


def states(scene: Scene) -> dict[str, State]:
    """Every process by name."""
    return {state.name: state for state in scene.house.supervisor.states()}


def rpc(scene: Scene) -> Any:  # noqa: ANN401 - its calls are remote
    """The supervisor's own calls."""
    return scene.house.supervisor._rpc()


def pid_of(scene: Scene, name: str) -> int:
    """Raises ProcessLookupError while it is not running."""
    state = states(scene).get(name)
    if state is None or not state.pid:
        raise ProcessLookupError(name)
    return state.pid


def children_of(pid: int) -> list[int]:
    """Ids of a process's children."""
    with suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


async def kill_part(scene: Scene) -> dict[str, Any]:
    """SIGKILL of an api or a worker; the supervisor starts it again."""
    name = scene.dice.choice(PARTS)
    os.kill(pid_of(scene, name), signal.SIGKILL)
    await until_running(scene, name)
    return {"target": name}


async def stop_part(scene: Scene) -> dict[str, Any]:
    """SIGSTOP for a while: shorter or longer than sessions and timeouts."""
    name = scene.dice.choice(PARTS)
    pid, seconds = pid_of(scene, name), scene.dice.choice((0.5, 2, 5, 13))
    os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    return {"target": name, "seconds": seconds}


async def redeploy(scene: Scene) -> dict[str, Any]:
    """Ask a process to end, as a new release does, and start it again."""
    name = scene.dice.choice(PARTS)
    await asyncio.to_thread(restart, scene, name)
    await until_running(scene, name)
    return {"target": name}


def restart(scene: Scene, name: str) -> None:
    """End a process as a new release does, and start it. Raises ProcessLookupError when it is not running."""
    former = pid_of(scene, name)
    with suppress(xmlrpc.client.Fault):  # it may end by itself meanwhile
        rpc(scene).stopProcess(f"inzira:{name}", True)
    with suppress(xmlrpc.client.Fault):
        rpc(scene).startProcess(f"inzira:{name}", False)
    if pid_of(scene, name) == former:
        raise ProcessLookupError(name)


async def kill_postgres(scene: Scene) -> dict[str, Any]:
    """SIGKILL of the database's first process: crash recovery."""
    os.kill(pid_of(scene, "postgres"), signal.SIGKILL)
    await until_running(scene, "postgres")
    return {"target": "postgres"}


async def stop_postgres(scene: Scene) -> dict[str, Any]:
    """SIGSTOP of the database with all its backends."""
    pid, seconds = pid_of(scene, "postgres"), scene.dice.choice((0.5, 2, 4))
    stopped = [pid, *children_of(pid)]
    for one in stopped:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        for one in stopped:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGCONT)
    return {"target": "postgres", "seconds": seconds}


async def kill_backend(scene: Scene) -> dict[str, Any]:
    """SIGKILL of one backend: the whole cluster recovers."""
    children = children_of(pid_of(scene, "postgres"))
    backends = [pid for pid in children if b"127.0.0.1" in _words(pid)]
    if not backends:
        return {"skipped": True}
    os.kill(scene.dice.choice(backends), signal.SIGKILL)
    await asyncio.sleep(0.5)
    return {"target": "postgres"}


def _words(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


async def kill_broker(scene: Scene) -> dict[str, Any]:
    """SIGKILL of the broker; the embedded one comes back with an empty log."""
    if scene.ground.kafka == "tansu" and not await may_wipe(scene):
        return {"skipped": True}
    os.kill(pid_of(scene, "broker"), signal.SIGKILL)
    await until_running(scene, "broker")
    await asyncio.to_thread(scene.house.broker.wait_ready)
    return {"target": "broker"}


async def stop_broker(scene: Scene) -> dict[str, Any]:
    """SIGSTOP of the broker."""
    pid, seconds = pid_of(scene, "broker"), scene.dice.choice((1, 3, 8))
    os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    return {"target": "broker", "seconds": seconds}


async def may_wipe(scene: Scene) -> bool:
    """An emptied log is refilled from the whole journal: late in a long run only a few times."""
    if await scene.journal_rows() < WIPE_ROWS:
        return True
    scene.wipes_left -= 1
    return scene.wipes_left >= 0


async def kill_everything(scene: Scene) -> dict[str, Any]:
    """A power cut: every process at once, but the supervisor."""
    names = [*PARTS, "postgres"]
    if scene.ground.kafka != "tansu" or await may_wipe(scene):
        names.append("broker")
    for name in names:
        with suppress(ProcessLookupError):
            os.kill(pid_of(scene, name), signal.SIGKILL)
    for name in names:
        await until_running(scene, name)
    return {"target": "everything"}


async def until_running(scene: Scene, name: str, seconds: float = 60) -> None:
    """Wait for the supervisor, or for whoever looks after what it has given up (`look_after`)."""
    end = time.monotonic() + seconds
    await asyncio.sleep(0.3)
    while time.monotonic() < end:
        state = (await asyncio.to_thread(states, scene)).get(name)
        if state and state.state == "RUNNING":
            return
        await asyncio.sleep(0.3)
    raise RuntimeError(f"{name} did not come back")


async def look_after(scene: Scene) -> None:
    """What the supervisor has given up is started by hand, as an operator would, and counted; until cancelled."""
    while True:
        for name, state in (await asyncio.to_thread(states, scene)).items():
            if state.state == "FATAL":
                scene.given_up[name] += 1
                with suppress(OSError, http.client.HTTPException):
                    await asyncio.to_thread(start, scene, name)
        await asyncio.sleep(2)


def start(scene: Scene, name: str) -> None:
    """Start one process by the supervisor."""
    with suppress(xmlrpc.client.Error):  # it may have started by itself meanwhile
        rpc(scene).startProcess(name if name in ("postgres", "broker") else f"inzira:{name}", False)


FAULTS = (
    Fault("kill.part", 10, "part", kill_part),
    Fault("stop.part", 8, "part", stop_part),
    Fault("redeploy.part", 3, "part", redeploy),
    Fault("kill.postgres", 2, "postgres", kill_postgres),
    Fault("stop.postgres", 3, "postgres", stop_postgres),
    Fault("kill.backend", 3, "postgres", kill_backend),
    Fault("kill.broker", 2, "broker", kill_broker),
    Fault("stop.broker", 3, "broker", stop_broker),
    Fault("kill.everything", 0.4, "part", kill_everything),
)
