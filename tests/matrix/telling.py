"""What a run is held to in the end."""

import os
from collections.abc import Callable

from runs import Outcome, Run
from views import views
from views_seen import as_written


def told(run: Run, what: str, record: Callable[[str, object], None]) -> None:
    """Fails with every difference, and with every field of a view that nobody was shown; notes the figures."""
    outcome, run.outcome = run.outcome, Outcome(carried_out=run.outcome.carried_out)
    service = run.deployed.service.name
    print(f"{service} {what}: {outcome.cells} cells, statuses {dict(sorted(outcome.statuses.items()))}")
    record(f"matrix_{service}_{what}", outcome.cells)
    if os.environ.get("INZIRA_VIEWS_SEEN"):
        print(as_written(outcome.seen))
    assert not outcome.wrong, "\n" + "\n".join(outcome.wrong)
    unseen = {name: sorted(views()[name].fields - seen) for name, seen in outcome.seen.items()}
    unseen = {name: fields for name, fields in unseen.items() if fields}
    assert not unseen, f"listed in a view and shown to nobody: {unseen}"
