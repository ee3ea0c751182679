"""How long after a fault was mended a user's write was in a journey again, by kind of fault."""

from bisect import bisect_left
from collections import defaultdict
from statistics import median

from evidence import SERVICES, Evidence, read_token


def by_kind(evidence: Evidence) -> dict[str, dict[str, float]]:
    """Seconds: how many faults, median and longest. Measured by the first read, begun after, that held its writes."""
    served = _served(evidence)
    taken: dict[str, list[float]] = defaultdict(list)
    for fault in evidence.notes["fault"]:
        found = [_first_after(served[name], fault["ended"]) for name in _touched(fault["target"])]
        waits = [wait for wait in found if wait is not None]
        if waits:
            taken[fault["kind"]].append(max(waits))
    return {
        kind: {"faults": len(several), "median": round(median(several), 2), "longest": round(max(several), 2)}
        for kind, several in sorted(taken.items())
    }


def _served(evidence: Evidence) -> dict[str, list[tuple[float, float]]]:
    """By service: when reads that held a write of it began and ended."""
    served: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for read in evidence.reads():
        if read["kind"] == "journey" and read["outcome"] == "acked" and not read["is_stale"]:
            for service in {read_token(token)[0] for token in read["tokens"][-1:]}:
                served[service].append((read["attempts"][0]["began"], read["attempts"][-1]["ended"]))
    return {name: sorted(served[name]) for name in SERVICES}


def _touched(target: str) -> list[str]:
    name = target.removeprefix("pg:").removeprefix("http:").split("-")[0]
    return [name] if name in SERVICES else list(SERVICES)


def _first_after(moments: list[tuple[float, float]], at: float) -> float | None:
    place = bisect_left(moments, (at, 0.0))
    return min((ended for _, ended in moments[place : place + 20]), default=at) - at if place < len(moments) else None
