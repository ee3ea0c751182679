"""`python tests/faults …`: a campaign of faults against a stack of its own, and its report."""

import argparse
import asyncio
import json
import secrets
import sys
import tempfile
from pathlib import Path

from campaign import Campaign, Plan


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="repeat the choices of an earlier run")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--faults", type=int, default=None, help="go on until so many faults and operations")
    parser.add_argument("--operations", type=int, default=None)
    parser.add_argument("--kafka", choices=("tansu", "apache"), default="tansu")
    parser.add_argument("--users", type=int, default=12)
    parser.add_argument("--mutant", default=None)
    parser.add_argument("--only", default="", help="kinds of faults, by their beginnings")
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--pause", type=float, nargs=2, default=(0.5, 3.5))
    return parser.parse_args()


def main() -> int:
    given = options()
    seed = given.seed if given.seed is not None else secrets.randbelow(1_000_000)
    out = given.out or Path(tempfile.mkdtemp(prefix="inzira-faults-"))
    out.mkdir(parents=True, exist_ok=True)
    out.chmod(0o755)
    print(f"SEED={seed}  in {out}", flush=True)
    plan = Plan(
        seed,
        given.kafka,
        given.minutes * 60,
        users=given.users,
        mutant=given.mutant,
        only=given.only,
        pause=tuple(given.pause),
        **{name: value for name in ("faults", "operations") if (value := getattr(given, name)) is not None},
    )
    outcome = asyncio.run(Campaign(plan, out).run())
    (out / "report.json").write_text(json.dumps(outcome.as_json(), indent=1, default=str), encoding="utf-8")
    print(json.dumps(outcome.as_json(), indent=1, default=str))
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
