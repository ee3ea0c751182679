"""A stack of its own for a test: brought up as `inzira up` does, in a folder of its own, on ports of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from inzira_cli.processes import OFFSETS
from inzira_cli.road.caller import eventually
from inzira_cli.run_folder import RunFolder
from inzira_cli.stack import LocalStack, Wanted
from inzira_cli.supervisor import State, Supervisor, end, left_behind
from inzira_platform.embedded import free_base

sys.path.append(str(Path(__file__).parent))

from generated import PartnerProgram

REGISTER = Path(__file__).parents[2] / "examples" / "register-huye.xlsx"
KILLED = {
    "session 6": "curriculum-worker",
    "session 12": "gateway-worker",
    "session 30": "intake-worker",
    "session 36": "gateway-api",
}
"""What is killed while the groups meet, and when."""


@dataclass
class House:
    """A running stack, and what may be done to it."""

    run: RunFolder
    address: str
    killed: list[str] = field(default_factory=list)
    partner: PartnerProgram | None = None

    def states(self) -> dict[str, State]:
        """Every process by name."""
        return {state.name: state for state in Supervisor(self.run).states()}

    def kill(self, name: str) -> None:
        """SIGKILL, by its id; the supervisor starts it again."""
        os.kill(self.states()[name].pid, signal.SIGKILL)
        self.killed.append(name)

    def control(self, action: str, name: str) -> None:
        """Stop or start one process by the supervisor's own command."""
        command = [sys.executable, "-m", "supervisor.supervisorctl", "-s", f"unix://{self.run.socket}"]
        subprocess.run([*command, action, f"inzira:{name}"], check=True, capture_output=True)

    async def disturb(self, mark: str) -> None:
        """Kill what is to be killed at this mark of the road, the partner's program too."""
        if mark in KILLED:
            self.kill(KILLED[mark])
        partner = self.partner
        if partner is None:
            return
        if mark in ("partner let in", "session 22"):
            partner.start()
        if mark == "session 18":
            partner.kill()
        if mark == "before the withdrawal":
            await eventually(partner.has_closed, "the partner's program was told of the whole road")
        if mark == "before the suspension":
            await eventually(partner.has_gone, "the partner's program was told that the person is gone")


class Silent:
    """Keeps what it is told, for the message of a test that fails."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def leg(self, title: str) -> None:
        self.told.append(title)

    def step(self, text: str) -> None:
        self.told.append(text)

    def progress(self, what: str, done: int, total: int) -> None:
        pass


@asynccontextmanager
async def standing(folder: Path, broker: str) -> AsyncIterator[House]:
    """Everything up until the block ends."""
    run = RunFolder.at(folder / "run")
    told: list[str] = []
    stack = LocalStack(run, Wanted(broker, None, None, free_base(OFFSETS)), told.append)
    try:
        await stack.bring_up()
        yield House(run, stack.stack.gateway)
    finally:
        Supervisor(run).stop()
        end(left_behind(run))
