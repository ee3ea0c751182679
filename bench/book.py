"""The figures of one run: each with its floors, its goal and the machine's load while it was taken."""

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(os.environ.get("RESULTS", ROOT / "docs" / "benchmarks" / "results.json"))


@dataclass
class Row:
    """One line of the table: what was measured, in which unit, ours and the floors, and the goal in words."""

    title: str
    unit: str
    better: str
    goal: str = ""
    figures: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    load: float = 0.0


@dataclass
class Book:
    """Rows by name."""

    about: dict[str, Any]
    rows: dict[str, Row] = field(default_factory=dict)

    @classmethod
    def started(cls, kafka: str) -> "Book":
        """An empty book that knows where and when it is."""
        return cls(
            {
                "at": datetime.now(UTC).isoformat(timespec="minutes"),
                "commit": _said("git", "rev-parse", "--short", "HEAD"),
                "cores": os.cpu_count(),
                "python": platform.python_version(),
                "broker": {"apache": "Apache Kafka", "tansu": "Tansu"}[kafka],
                "load_before": round(os.getloadavg()[0], 2),
            }
        )

    def row(self, name: str, title: str, unit: str, *, better: str = "higher", goal: str = "") -> Row:
        """The row of that name, begun when it is not there."""
        return self.rows.setdefault(name, Row(title, unit, better, goal))

    def note(self, name: str, what: str, value: float) -> None:
        """Put a figure into a row that was begun."""
        row = self.rows[name]
        row.figures[what] = float(f"{value:.4g}")
        row.load = round(os.getloadavg()[0], 2)

    def write(self) -> None:
        """Keep everything as JSON; what other runs measured of other rows stays."""
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"rows": {}}
        rows = {**kept["rows"], **{name: asdict(row) for name, row in self.rows.items()}}
        RESULTS.write_text(json.dumps({"about": self.about, "rows": rows}, indent=1, ensure_ascii=False) + "\n")


def _said(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - git only
