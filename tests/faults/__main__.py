"""`python tests/faults …`: a campaign of faults against a stack of its own, and its report."""

import argparse
import asyncio
import json
import secrets
import signal
import sys
import tempfile
from pathlib import Path

from campaign import Campaign, Outcome, Plan
from mutations import MUTATIONS, Mutation
from report import readable

DISK_MB, DISK_MB_PER_MINUTE = 1500, 50
"""A small disk, so that it can be filled, but one on which a long run finds its place."""
MUTANT_SECONDS = 240.0
MUTANT_OPERATIONS, MUTANT_FAULTS = 800, 10
"""So many at least: on a slow machine a handful of operations would show nothing of what a mutant does."""
MUTANT_WAIT = 45.0
"""Long enough for a healthy consumer to be back twice over: what is missing after it is lost, not late."""


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="make the choices of an earlier run again")
    parser.add_argument("--minutes", type=float, default=1.5, help="at most so long under faults")
    parser.add_argument("--faults", type=int, default=None, help="ready after so many faults …")
    parser.add_argument("--operations", type=int, default=None, help="… and so many operations")
    parser.add_argument("--kafka", choices=("tansu", "apache"), default="tansu")
    parser.add_argument("--users", type=int, default=12)
    parser.add_argument("--only", default="", help="kinds of faults, by their beginnings, with commas")
    parser.add_argument("--pause", type=float, nargs=2, default=(0.5, 3.5), help="seconds between faults")
    parser.add_argument("--mutants", nargs="*", default=None, help="show that the checker sees these, or all of them")
    parser.add_argument("--restore", action="store_true", help="half way, back to a backup made in the first half")
    parser.add_argument("--out", type=Path, default=None, help="where history and report go")
    return parser.parse_args()


def main() -> int:
    """0 when nothing is wrong; with --mutants, when every mutant was seen."""
    given = options()
    seed = given.seed if given.seed is not None else secrets.randbelow(1_000_000)
    out = given.out or Path(tempfile.mkdtemp(prefix="inzira-faults-"))
    print(f"SEED={seed}  in {out}", flush=True)
    if given.mutants is not None:
        return _mutants(given.mutants or list(MUTATIONS), seed, given.kafka, out)
    limits = {name: value for name in ("faults", "operations") if (value := getattr(given, name)) is not None}
    plan = Plan(
        seed, given.kafka, given.minutes * 60, users=given.users, only=given.only, pause=tuple(given.pause),
        restore=given.restore, disk_mb=DISK_MB + int(DISK_MB_PER_MINUTE * given.minutes), **limits,
    )  # fmt: skip
    outcome = _run(plan, out)
    return 0 if outcome.is_good else 1


def _mutants(names: list[str], seed: int, kafka: str, out: Path) -> int:
    missed = []
    for name in names:
        wanted: Mutation = MUTATIONS[name]
        plan = Plan(
            seed, kafka, MUTANT_SECONDS, MUTANT_FAULTS, MUTANT_OPERATIONS, mutant=name, only=wanted.faults,
            pause=(1.0, 3.0), disk_mb=0, failpoints={"api": wanted.api, "worker": wanted.worker}, wait=MUTANT_WAIT,
        )  # fmt: skip
        found = set(_run(plan, out / name).verdict["violations"])
        seen = found & wanted.shows
        print(f"mutant {name}: {'seen: ' + ', '.join(sorted(seen)) if seen else 'NOT SEEN'}", flush=True)
        missed += [] if seen else [name]
    return 1 if missed else 0


async def _carry_out(campaign: Campaign) -> Outcome:
    """Its outcome; asked to end (SIGTERM, Ctrl-C) it mends, settles and checks what there is."""
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, campaign.end_early)
    return await campaign.run()


def _run(plan: Plan, out: Path) -> Outcome:
    out.mkdir(parents=True, exist_ok=True)
    for folder in (out, *out.parents[:1]):
        folder.chmod(folder.stat().st_mode | 0o055)  # PostgreSQL runs as another user when the campaign runs as root
    outcome = asyncio.run(_carry_out(Campaign(plan, out)))
    (out / "report.json").write_text(json.dumps(outcome.as_json(), indent=1, default=str), encoding="utf-8")
    page = readable(outcome)
    (out / "report.md").write_text(page, encoding="utf-8")
    print(page, flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
