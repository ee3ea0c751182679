"""`inzira status`: what runs, since when, with how much memory."""

from pathlib import Path

import typer
from rich.table import Table

from inzira_cli.options import DEFAULT_DATA, DataOption, console, run_folder
from inzira_cli.processes import PORT_OFFSETS
from inzira_cli.run_folder import RunFolder, Stack
from inzira_cli.supervisor import State, Supervisor


def status(data: DataOption = DEFAULT_DATA) -> None:
    """Show every process of the stack. Exit code 1 when it is down or not whole."""
    if not show(run_folder(data)):
        raise typer.Exit(1)


def show(run: RunFolder) -> bool:
    """Print the table; whether every process runs."""
    supervisor = Supervisor(run)
    pid, states, stack = supervisor.pid(), supervisor.states(), run.recall()
    if pid is None or stack is None:
        console.print("Down.")
        return False
    table = Table("process", "state", "pid", "up", "memory", "address", box=None)
    own = State("supervisor", "RUNNING", pid, 0)
    total = 0.0
    for state in [own, *states]:
        memory = _megabytes([state.pid] if state is own else _tree(state.pid))
        total += memory
        table.add_row(
            state.name,
            state.state,
            str(state.pid or ""),
            _age(state.uptime),
            f"{memory:.0f} MB",
            _address(state.name, stack),
        )
    console.print(table)
    console.print(f"{total:.0f} MB in all. Gateway: {stack.gateway}  broker: {stack.kafka} at {stack.kafka_bootstrap}")
    return all(state.state == "RUNNING" for state in states)


def _address(name: str, stack: Stack) -> str:
    if name == "postgres":
        return stack.postgres
    if name == "broker":
        return stack.kafka_bootstrap
    deployable, _, action = name.partition("-")
    return f"http://127.0.0.1:{stack.base_port + PORT_OFFSETS[deployable]}" if action == "api" else ""


def _age(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if seconds else ""


def _tree(pid: int) -> list[int]:
    """``pid`` and its descendants (PostgreSQL serves each connection by a child)."""
    if not pid:
        return []
    children = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        own = [int(child) for child in children.read_text().split()]
    except OSError:
        own = []
    return [pid, *[each for child in own for each in _tree(child)]]


def _megabytes(pids: list[int]) -> float:
    """Memory of these processes in MB; a page they share counts once (Linux only, else 0)."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
