"""pg_dump and pg_restore: those of the PostgreSQL we carry, else those of the machine, and never older than the server.

Passwords go by the environment of the child process, never by its arguments, which every user can list.
"""

import asyncio
import os
import re
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from inzira_platform.embedded import EmbeddedError, pg_tool

from inzira_cli.backup.manifest import BackupError


@dataclass(frozen=True, slots=True)
class Tool:
    """One program of PostgreSQL with its version, for instance 18.6."""

    path: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])


@dataclass(frozen=True, slots=True)
class Address:
    """Where an administrator reaches one cluster; `dsn` names any database of it."""

    dsn: str

    @property
    def server(self) -> str:
        """host:port."""
        return urlsplit(self.dsn).netloc.rpartition("@")[2]

    def at(self, database: str) -> str:
        """The address of one database, password included."""
        return urlsplit(self.dsn)._replace(path=f"/{quote(database)}").geturl()

    def open_to_all(self, database: str) -> str:
        """The address of one database without its password."""
        parts = urlsplit(self.at(database))
        user = parts.netloc.rpartition("@")[0].partition(":")[0]
        return parts._replace(netloc=f"{user}@{self.server}" if user else self.server).geturl()

    def environment(self) -> dict[str, str]:
        """The environment for a tool: no PG variable of the caller, and the password."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        password = urlsplit(self.dsn).password
        return {**kept, **({"PGPASSWORD": unquote(password)} if password else {}), "LC_ALL": "C.UTF-8"}


def find(name: str, at_least: int) -> Tool:
    """The newest of ours and the machine's. Raises BackupError when neither is of major version `at_least`."""
    found = [tool for path in _candidates(name) if (tool := _asked(path))]
    best = max(found, key=lambda tool: tool.major, default=None)
    if best is None or best.major < at_least:
        seen = ", ".join(f"{tool.path} {tool.version}" for tool in found) or "none"
        raise BackupError(f"{name} of PostgreSQL {at_least} or newer is needed; found: {seen}.")
    return best


def _candidates(name: str) -> list[Path]:
    ours = []
    with suppress(EmbeddedError):
        ours.append(pg_tool(name))
    machine = shutil.which(name)
    return [*ours, *([Path(machine)] if machine else [])]


def _asked(path: Path) -> Tool | None:
    try:
        told = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)  # noqa: S603 -- a program of PostgreSQL
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"(\d+(?:\.\d+)?)", told.stdout)
    return Tool(path, found[1]) if found else None


async def run(tool: Tool, address: Address, *arguments: str) -> None:
    """Run a tool to its end; it ends with us. Raises BackupError with its first error."""
    running = await asyncio.create_subprocess_exec(
        tool.path, "--no-password", *arguments,
        env=address.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        output, _ = await running.communicate()
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()
    if running.returncode:
        # the first line says what failed; those after it may quote rows
        words = output.decode(errors="replace").strip().splitlines()
        reason = next((line for line in words if "error:" in line), words[-1] if words else "no reason given")
        raise BackupError(f"{tool.path.name} failed: {reason.rpartition('error: ')[2]}")
