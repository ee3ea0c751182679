"""Turn round any line of the policy table, and a cell of the matrix says so."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from cells import matrix
from doors import Door, make_doors
from fleet import Ground
from policy_mutants import Verdict, judge, mutants_of, table_as_it_is


@pytest.fixture(scope="module")
def doors(module_ground: Ground) -> dict[str, Door]:
    """The middleware of every service."""
    return make_doors(module_ground)


def told(verdicts: list[Verdict]) -> None:
    """What was turned round and what was caught, for whoever runs `make mutants`."""
    kinds = Counter(verdict.mutant.name.split(": ")[1].split()[0] for verdict in verdicts)
    caught = sum(verdict.caught_by is not None for verdict in verdicts)
    print(f"\nlines of policy.yaml turned round: {len(verdicts)}, caught: {caught}")
    print("  " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    for verdict in verdicts:
        print(f"  {'caught' if verdict.caught_by else 'NOT CAUGHT'}  {verdict.mutant.name}  by  {verdict.caught_by}")


async def test_every_line_turned_round_is_caught(
    doors: dict[str, Door], record_testsuite_property: Callable[[str, object], None]
) -> None:
    verdicts = [await judge(matrix(), doors, mutant) for mutant in mutants_of(table_as_it_is())]
    survivors = [verdict.mutant.name for verdict in verdicts if verdict.caught_by is None]
    told(verdicts)
    record_testsuite_property("policy_mutants_made", len(verdicts))
    record_testsuite_property("policy_mutants_caught", len(verdicts) - len(survivors))
    assert len(verdicts) > 600
    assert not survivors, "\n".join(survivors)


async def test_the_table_as_it_is_is_not_caught(doors: dict[str, Door]) -> None:
    """The judge cries no wolf: with nothing turned round no cell differs."""
    table = table_as_it_is()
    for mutant in mutants_of(table):
        if mutant.name.endswith((": public", ": closed", ": struck out")):
            unchanged = replace(mutant, table=table)
            assert await judge(matrix(), doors, unchanged) == Verdict(unchanged, None)
