"""Whether users were served while nothing was broken: what keeps everybody out loses nothing, and helps nobody."""

from collections.abc import Iterator
from itertools import pairwise

from evidence import SERVICES, Evidence, service_of
from verdict import Violation

BEARABLE = 60.0
"""Seconds in which nothing was broken: within them every process is up again and every session renewed."""

Span = tuple[float, float]


async def check(evidence: Evidence) -> Iterator[Violation]:
    broken = merged([(one["began"], one["ended"]) for one in (*evidence.notes["fault"], *evidence.notes["silence"])])
    return iter([*_nobody_answered(evidence, broken), *_nobody_let_in(evidence, broken)])


def _nobody_answered(evidence: Evidence, broken: list[Span]) -> Iterator[Violation]:
    """No operation of anybody was carried out: neither a session was given nor a request answered."""
    ends = sorted(one["attempts"][-1]["ended"] for one in evidence.operations if one["outcome"] != "unknown")
    for span in pairwise(ends):
        if unbroken(span, broken) > BEARABLE:
            yield Violation("nobody was answered", f"for {span[1] - span[0]:.0f} s from {span[0]:.0f} on")


def _nobody_let_in(evidence: Evidence, broken: list[Span]) -> Iterator[Violation]:
    """Whoever asked one service was sent away at its door."""
    answers: dict[str, list[tuple[float, float, bool]]] = {name: [] for name in (*SERVICES, "gateway")}
    for one in evidence.operations:
        answers[service_of(one["path"])] += [
            (attempt["ended"], attempt["began"], attempt["status"] == 401)
            for attempt in one["attempts"]
            if attempt["status"]
        ]
    for name, several in answers.items():
        for span in _sent_away(sorted(several)):
            if unbroken(span, broken) > BEARABLE:
                yield Violation("nobody was let in", f"by {name} for {span[1] - span[0]:.0f} s from {span[0]:.0f} on")


def _sent_away(answers: list[tuple[float, float, bool]]) -> Iterator[Span]:
    """From the first to the last of answers that were all 401, one after another."""
    first = last = None
    for ended, began, is_401 in answers:
        if is_401:
            first, last = began if first is None else first, ended
        elif first is not None and last is not None:
            yield first, last
            first = None
    if first is not None and last is not None:
        yield first, last


def merged(spans: list[Span]) -> list[Span]:
    """The same time without overlaps, in order."""
    found: list[Span] = []
    for began, ended in sorted(spans):
        if found and began <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ended)
        else:
            found.append((began, ended))
    return found


def unbroken(span: Span, broken: list[Span]) -> float:
    """Seconds of `span` in which nothing was broken; `broken` is merged."""
    hurt = sum(max(0.0, min(span[1], ended) - max(span[0], began)) for began, ended in broken)
    return span[1] - span[0] - hurt
