"""What a run is held to in the end."""

import os
from collections.abc import Callable

from database_mutants import judge, turned_of
from held import holding_faults
from owned import faults, keep_answers
from policies import Net, readers
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


NOTHING_THERE = frozenset({"person_flag", "certificate_duplicate", "fact_correction", "flag_change", "training_credit"})
"""Tables with nobody in them in these tests: their policies are those of their neighbours, and are not turned round."""


async def hold_the_net(run: Run, record: Callable[[str, object], None]) -> None:
    """The database by itself shows and takes what is written, and every policy of it turned round is noticed."""
    service = run.deployed.service.name
    async with Net.spread(run.deployed, run.world) as net:
        unsaid = set(net.present) ^ set(readers(service))
        assert not unsaid, f"tables about persons, or lines of policy/databases.yaml, alone: {unsaid}"
        assert {name for name, people in net.present.items() if not people} <= NOTHING_THERE
        await keep_answers(net)
        found = await net.differences() + await net.foreign_writes() + await faults(net) + await holding_faults(net)
        found += await net.consent_faults() if service == "intake" else []
        assert not found, "\n" + "\n".join(found)
        record(f"matrix_{service}_tables", net.cells)
        print(f"{service} tables: {net.cells} cells")
        judged = [await judge(net, turned) async for turned in turned_of(net)]
    survivors = [one.turned.name for one in judged if one.caught_by is None]
    print(f"{service} row-level-security policies turned round: {len(judged)}, caught {len(judged) - len(survivors)}")
    for one in judged:
        print(f"  {'caught' if one.caught_by else 'NOT CAUGHT'}  {one.turned.name}  by  {one.caught_by}")
    record(f"matrix_{service}_policies_made", len(judged))
    record(f"matrix_{service}_policies_caught", len(judged) - len(survivors))
    assert not survivors, "\n".join(survivors)
