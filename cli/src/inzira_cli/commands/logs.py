"""`inzira logs`: the last lines of the processes' logs."""

import time
from pathlib import Path
from typing import Annotated

import typer

from inzira_cli.options import DEFAULT_DATA, DataOption, console, problems, run_folder


def logs(
    process: Annotated[str | None, typer.Argument(help="Name as in `status`; all when left out.")] = None,
    lines: Annotated[int, typer.Option("-n", "--lines", min=1, help="How many lines of each.")] = 20,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on as lines are written.")] = False,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Show the logs. Raises an error for a process that has none."""
    folder = run_folder(data).logs
    files = sorted(folder.glob(f"{process or '*'}.log"))
    if not files:
        problems.print(f"No log of {process or 'any process'} in {folder}.")
        raise typer.Exit(1)
    ends = {file: _last(file, lines) for file in files}
    while follow:
        time.sleep(0.3)
        ends = {file: _since(file, end) for file, end in ends.items()}


def _last(file: Path, lines: int) -> int:
    content = file.read_bytes()
    for line in content.decode("utf-8", "replace").splitlines()[-lines:]:
        _print(file, line)
    return len(content)


def _since(file: Path, end: int) -> int:
    size = file.stat().st_size
    start = end if size >= end else 0  # a rotated log begins anew
    with file.open("rb") as opened:
        opened.seek(start)
        new = opened.read()
    for line in new.decode("utf-8", "replace").splitlines():
        _print(file, line)
    return start + len(new)


def _print(file: Path, line: str) -> None:
    console.print(f"{file.stem:<22} {line}", markup=False, soft_wrap=True)
