"""`inzira down`: end exactly the processes `up` started."""

from inzira_cli.options import DEFAULT_DATA, DataOption, console, run_folder
from inzira_cli.supervisor import Supervisor, end, left_behind


def down(data: DataOption = DEFAULT_DATA) -> None:
    """Stop the stack of this run folder. Its data stays."""
    run = run_folder(data)
    was_up = Supervisor(run).stop()
    orphans = left_behind(run)
    end(orphans)
    console.print("Down." if was_up or orphans else "Nothing was up.")
