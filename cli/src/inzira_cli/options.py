"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from inzira_cli.run_folder import RunFolder

DataOption = Annotated[
    Path,
    typer.Option("--data", help="Folder of the stack's data, logs and secrets.", envvar="INZIRA_DATA"),
]
DEFAULT_DATA = Path(".run")

console = Console(highlight=False)
problems = Console(stderr=True, highlight=False)


def run_folder(path: Path) -> RunFolder:
    """The run folder a command was pointed at."""
    return RunFolder.at(path)
