"""Writes docs/benchmarks.md and its plots from the results: what was measured, beside what, and which goals are met.

Results kept elsewhere (RESULTS) have their plots in the same folder and the page beside it.
"""

import json
import sys
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from book import RESULTS

mpl.use("svg")
mpl.rcParams["svg.fonttype"] = "none"
mpl.rcParams["svg.hashsalt"] = "inzira"

import matplotlib.pyplot as plt  # noqa: E402 - after the backend is chosen

FOLDER = RESULTS.parent
PAGE = FOLDER.with_suffix(".md")
OURS = "inzira"
INK, PALE, GOOD, BAD = "#24506b", "#b9cbd6", "#3a7d44", "#b3541e"


@dataclass(frozen=True)
class Goal:
    """A figure of a row, and what it is held to: a share of another figure of the row, or a limit."""

    row: str
    figure: str
    words: str
    share_of: str = ""
    least: float = 0.0
    most: float = 0.0

    def value(self, figures: dict[str, float]) -> float | None:
        """The share, or the figure itself; None where it was not measured."""
        if self.figure not in figures or (self.share_of and self.share_of not in figures):
            return None
        return figures[self.figure] / figures[self.share_of] if self.share_of else figures[self.figure]

    def is_met(self, value: float) -> bool:
        """By the table of goals."""
        return value >= self.least if self.least else value <= self.most


COPY = "bare consumer and COPY"
ONE = "bare FastAPI, one query and one insert"
TEN = "10 thousand"
FASTSTREAM = "faststream-outbox"
DEBEZIUM = "Debezium's outbox router"
RATES = (50, 200, 500)
GOALS = (
    Goal("admission", OURS, "of a bare insert", "bare FastAPI and asyncpg insert", least=0.5),
    Goal("journey", OURS, "of one query and one insert", ONE, least=0.6),
    Goal("list", OURS, "of one query and one insert", ONE, least=0.6),
    Goal("relay", OURS, "of the bare producer", "bare aiokafka producer", least=0.6),
    Goal("relay", OURS, "of faststream-outbox", FASTSTREAM, least=1.0),
    Goal("relay", OURS, "of Debezium's outbox router", DEBEZIUM, least=1.0),
    Goal("consumer", OURS, "of reading and COPY", COPY, least=0.5),
    Goal("rebuild", OURS, "of reading and COPY", COPY, least=0.5),
    Goal("hop", "inzira, CPU", "ms of CPU a request", most=0.5),
    Goal("hop", "inzira, p99", "ms, p99", most=10),
    Goal("latency", "200/s, p99", "ms, p99 at 200 events/s", most=100),
    Goal("idle", OURS, "% of one core", most=5),
    *(
        Goal(row, size, f"× {TEN}, at {size}", TEN, most=1.5)
        for row in ("size-admission", "size-journey", "size-list")
        for size in ("100 thousand", "1 million")
    ),
)


def main() -> int:
    """Write the page and the plots; 0."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    rows: dict[str, Any] = results["rows"]
    _shares(rows)
    _to_the_broker(rows)
    _latencies(rows)
    _sizes(rows)
    PAGE.write_text(_page(results["about"], rows), encoding="utf-8")
    print(f"wrote {PAGE}")
    return 0


def _page(about: dict[str, Any], rows: dict[str, Any]) -> str:
    lines = [
        "# How fast", "",
        f"Measured on {about['at'][:10]} with {about['broker']}, {about['cores']} cores, Python {about['python']}; "
        f"the machine's load before it began: {about['load_before']}. Every floor was measured in the same run as what "
        "stands beside it. `make bench` measures anew and writes this page; `bench/README.md` says how. The figures "
        "themselves are in [`benchmarks/results.json`](benchmarks/results.json).", "",
        "![Shares of the floors](benchmarks/shares.svg)", "", "## Goals", "",
        "| what | measured | goal | |", "|---|---|---|---|",
        *_goal_lines(rows), "",
        "![From commit to the broker](benchmarks/broker.svg) ![From commit to journey](benchmarks/latency.svg) "
        "![By number of persons](benchmarks/sizes.svg)", "",
        "## Everything measured", "", "| what | unit | figures |", "|---|---|---|",
        *(_figure_line(row) for row in rows.values()), "",
    ]  # fmt: skip
    kept = FOLDER / "remaining.md"
    return "\n".join(lines) + ("\n" + kept.read_text(encoding="utf-8") if kept.exists() else "")


def _goal_lines(rows: dict[str, Any]) -> list[str]:
    found = []
    for goal, value in _measured(rows):
        limit = f"at least {goal.least:g}" if goal.least else f"at most {goal.most:g}"
        verdict = "met" if goal.is_met(value) else "**missed**"
        found.append(f"| {rows[goal.row]['title']} | {value:.3g} {goal.words} | {limit} | {verdict} |")
    return found


def _measured(rows: dict[str, Any]) -> list[tuple[Goal, float]]:
    values = [(goal, goal.value(rows.get(goal.row, {}).get("figures", {}))) for goal in GOALS]
    return [(goal, value) for goal, value in values if value is not None]


def _figure_line(row: dict[str, Any]) -> str:
    figures = "; ".join(f"{name} {value:,g}" for name, value in row["figures"].items())
    notes = "".join(f" ({note})" for note in row["notes"])
    return f"| {row['title']} | {row['unit']} | {figures}{notes} |"


def _shares(rows: dict[str, Any]) -> None:
    shown = [(goal, value) for goal, value in _measured(rows) if goal.share_of and goal.least]
    figure, axes = plt.subplots(figsize=(7.2, 0.42 * len(shown) + 0.9))
    for place, (goal, value) in enumerate(reversed(shown)):
        axes.barh(place, min(value, 2), color=GOOD if goal.is_met(value) else BAD, height=0.6)
        axes.plot([goal.least] * 2, [place - 0.4, place + 0.4], color=INK, linewidth=2)
        axes.text(min(value, 2) + 0.02, place, f"{value:.2f}", va="center", fontsize=8)
    names = [f"{rows[goal.row]['title'].split(':')[0].split(',')[0]} {goal.words}" for goal, _ in reversed(shown)]
    axes.set_yticks(range(len(shown)), names, fontsize=8)
    axes.set_xlim(0, 2.2)
    axes.set_xlabel("share of the floor; the line is the goal", fontsize=8)
    _save(figure, axes, "shares")


def _to_the_broker(rows: dict[str, Any]) -> None:
    figures = rows.get("broker", {}).get("figures", {})
    figure, axes = plt.subplots(figsize=(3.5, 2.4))
    for name, colour in ((OURS, INK), (FASTSTREAM, PALE), (DEBEZIUM, BAD), ("bare aiokafka producer", GOOD)):
        rates = [rate for rate in RATES if f"{name}, {rate}/s, p99" in figures]
        if rates:
            axes.plot(rates, [figures[f"{name}, {rate}/s, p99"] for rate in rates], "o-", color=colour, label=name)
    _by_rate(axes, "ms from commit to broker, p99")
    _save(figure, axes, "broker")


def _latencies(rows: dict[str, Any]) -> None:
    figures = rows.get("latency", {}).get("figures", {})
    rates = [rate for rate in RATES if f"{rate}/s, p99" in figures]
    figure, axes = plt.subplots(figsize=(3.5, 2.4))
    for name, colour in (("p50", PALE), ("p99", INK)) if rates else ():
        axes.plot(rates, [figures[f"{rate}/s, {name}"] for rate in rates], "o-", color=colour, label=name)
    floor = figures.get("broker round trip, p99")
    if floor is not None:
        axes.axhline(floor, color=BAD, linewidth=1, linestyle="--", label="broker round trip, p99")
    _by_rate(axes, "ms from commit to journey")
    _save(figure, axes, "latency")


def _by_rate(axes: Any, what: str) -> None:  # noqa: ANN401 - matplotlib is untyped here
    axes.set_xticks(RATES, [f"{rate}/s" for rate in RATES])
    axes.set_ylabel(what, fontsize=8)
    if axes.lines:
        axes.set_yscale("log")
        for formatted in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
            formatted("{x:g}")
        axes.tick_params(which="minor", labelsize=7)
        axes.legend(fontsize=7, frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, columnspacing=1)


def _sizes(rows: dict[str, Any]) -> None:
    figure, axes = plt.subplots(figsize=(3.5, 2.4))
    sizes = (TEN, "100 thousand", "1 million")
    for name, mark in (("size-admission", "o-"), ("size-journey", "s-"), ("size-list", "^-")):
        figures = rows.get(name, {}).get("figures", {})
        known = [size for size in sizes if size in figures]
        if TEN in figures:
            axes.plot(known, [figures[size] / figures[TEN] for size in known], mark, label=name.removeprefix("size-"))
    axes.axhline(1.5, color=BAD, linewidth=1, linestyle="--")
    axes.set_ylim(0, 2)
    axes.set_ylabel("answer time ÷ that of 10 thousand", fontsize=8)
    axes.legend(fontsize=7, frameon=False)
    _save(figure, axes, "sizes")


def _save(figure: Any, axes: Any, name: str) -> None:  # noqa: ANN401 - matplotlib is untyped here
    axes.tick_params(labelsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(FOLDER / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    sys.exit(main())
