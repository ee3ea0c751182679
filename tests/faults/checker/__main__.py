"""`python checker FOLDER DSN LOGS`: judges a campaign by history and databases; JSON, exit code 1 when wrong."""

import asyncio
import json
import sys
import time
from collections import Counter
from pathlib import Path

import access
import canary
import consents
import consumers
import departed
import feed
import journals
import journeys
import outage
import readers
import recovery
import responsible
import restored
import writes
from evidence import Evidence, gather

CHECKS = {
    "writes": writes, "journals": journals, "consumers": consumers, "journeys": journeys, "feed": feed,
    "responsible": responsible, "departed": departed, "access": access, "readers": readers, "canary": canary,
    "consents": consents, "restored": restored, "outage": outage,
}  # fmt: skip
SHOWN = 8


async def judge(folder: Path, dsn: str, logs: Path) -> dict[str, object]:
    """Every check, what it found by invariant, and some of the places."""
    began = time.monotonic()
    evidence = await gather(folder, dsn, logs)
    found = []
    for check in CHECKS.values():
        found += list(await check.check(evidence))
    counts = Counter(one.invariant for one in found)
    places = {name: [one.detail for one in found if one.invariant == name][:SHOWN] for name in counts}
    return {
        "violations": dict(counts),
        "places": places,
        "checked": {
            "operations": len(evidence.operations),
            "events": sum(1 for _ in evidence.events()),
            "access_records": sum(
                1 for journal in evidence.journals.values() for event in journal if event.topic == "access"
            ),
            "by_kind": dict(Counter(f"{one['kind']} {one['outcome']}" for one in evidence.operations)),
            "refusals": dict(
                Counter(
                    f"{one['kind']} {one['attempts'][-1]['code']}"
                    for one in evidence.operations
                    if one["outcome"] == "refused"
                )
            ),
            "statuses": dict(Counter(attempt["status"] for one in evidence.operations for attempt in one["attempts"])),
            "taken_back": _taken_back(evidence),
            "feed_items": sum(len(one["items"]) for one in evidence.notes["feed"]),
        },
        "recovery_seconds": recovery.by_kind(evidence),
        "seconds": round(time.monotonic() - began, 1),
    }


def _taken_back(evidence: Evidence) -> dict[str, int]:
    """What a restored backup took back, in numbers; empty when none was."""
    if evidence.restored is None:
        return {}
    stands = Counter(evidence.restored.of(one) for one in evidence.writes() if one["outcome"] == "acked")
    return {"events": len(evidence.restored.lost), **{f"acknowledged {name}": n for name, n in sorted(stands.items())}}


if __name__ == "__main__":
    answer = asyncio.run(judge(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
    print(json.dumps(answer, default=str))
    sys.exit(1 if answer["violations"] else 0)
