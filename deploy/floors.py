"""Check that no requirements.lock holds a package older than `min-versions.toml` allows, or one that must not come in.

Works without a network. Exits 1 and names each package, its lock and the reason.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
FLOORS = Path(__file__).with_name("min-versions.toml")
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def locks(root: Path = ROOT) -> list[Path]:
    """Every lock of the workspace, its images and its benchmarks. Raises FileNotFoundError when there is none."""
    found = sorted({lock for pattern in ("", "*/", "services/*/") for lock in root.glob(f"{pattern}requirements.lock")})
    if not found:
        raise FileNotFoundError("no requirements.lock")
    return found


def pins(text: str) -> Iterator[tuple[str, Version]]:
    """Name (normalised) and version of every pin in a lock."""
    for name, version in PIN.findall(text):
        yield re.sub(r"[-_.]+", "-", name).lower(), Version(version)


def breaches(text: str, rules: dict[str, dict[str, object]]) -> list[str]:
    """What a lock breaks of the rules, in words."""
    found = []
    for name, version in pins(text):
        floor = rules["floors"].get(name)
        if isinstance(floor, dict) and version < Version(floor["version"]):
            found.append(f"{name} {version} is older than {floor['version']}: {floor['reason']}")
        if name in rules["absent"]:
            found.append(f"{name} must not come in: {rules['absent'][name]}")
    return found


def main() -> int:
    """Check every lock; the exit code."""
    rules = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    found = [
        f"{lock.relative_to(ROOT)}: {breach}"
        for lock in locks()
        for breach in breaches(lock.read_text(encoding="utf-8"), rules)
    ]
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
