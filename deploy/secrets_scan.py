"""Look for passwords, keys and tokens in every file that is committed or about to be, with detect-secrets.

What is known to be none (addresses in tests, an alphabet) is in `.secrets.baseline`, by file and hash, never by value;
`--write` writes it anew after somebody has looked. Nothing is asked of a network. Exits 1 and names file, line and
kind of whatever is new.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings, get_settings

ROOT = Path(__file__).resolve().parent.parent
BASELINE = ".secrets.baseline"
GENERATED = re.compile(r"requirements\.lock$|^docs/openapi/|openapi\.json$|^libs/contracts/.*\.json$|\.xlsx$")
"""Hashes of packages, and documents written from code that is itself looked at."""

NOWHERE = r"://[^/@\s]+@(127\.0\.0\.1|([a-z0-9-]+\.)*example)\b"
"""An address on the loopback or in the domain kept for examples opens nothing (RFC 2606)."""

Finding = tuple[str, str, str]
"""File, kind, and SHA-1 of the value."""


def committed(root: Path) -> list[str]:
    """Files git keeps or would keep, but those written from others. Raises CalledProcessError outside a checkout."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")  # noqa: S603 -- no input
    return [
        name for name in names if name and not GENERATED.search(name) and name != BASELINE and (root / name).exists()
    ]


def scan(root: Path, names: list[str]) -> dict[Finding, int]:
    """Everything that looks like a secret, with its line."""
    found = SecretsCollection(root=str(root))
    with default_settings():
        get_settings().filters["detect_secrets.filters.regex.should_exclude_line"] = {"pattern": [NOWHERE]}
        found.scan_files(*names)
    return {(name, secret.type, secret.secret_hash): secret.line_number for name, secret in found}


def known(root: Path) -> Iterator[Finding]:
    """What somebody has looked at and found to be no secret."""
    for entry in json.loads((root / BASELINE).read_text(encoding="utf-8")):
        yield entry["file"], entry["kind"], entry["sha1"]


def write(root: Path, found: dict[Finding, int]) -> None:
    """Take everything found as known."""
    entries = [{"file": name, "kind": kind, "sha1": digest} for name, kind, digest in sorted(found)]
    (root / BASELINE).write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Scan, and compare or write; the exit code."""
    parser = argparse.ArgumentParser(description="look for secrets in committed files")
    parser.add_argument("--write", action="store_true", help="take what is there as known")
    parser.add_argument("--root", type=Path, default=ROOT)
    options = parser.parse_args()
    found = scan(options.root, committed(options.root))
    if options.write:
        write(options.root, found)
        return 0
    new = {finding: line for finding, line in found.items() if finding not in set(known(options.root))}
    for (name, kind, _), line in sorted(new.items()):
        print(f"{name}:{line}: {kind}", file=sys.stderr)
    if new:
        print(
            "If these are no secrets: python deploy/secrets_scan.py --write, and say so in the commit.", file=sys.stderr
        )
    return 1 if new else 0


if __name__ == "__main__":
    raise SystemExit(main())
