"""Write every requirements.lock from the pyproject files, or check that they are what they would be.

`python deploy/locks.py` writes; `--check` compares and exits 1 on a difference; `--upgrade` takes the
newest versions. One version of a package everywhere: the workspace is locked first and the images'
locks are constrained by it. No registry is named: whichever the machine is set up with is asked.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN = "inzira-"
WORKSPACE = Path("requirements.lock")
LIBRARIES = ("libs/contracts", "libs/platform")
IMAGES = (
    "services/intake",
    "services/curriculum",
    "services/tvet",
    "services/reintegration",
    "gateway",
    "cli",
)
BUILD = ("editables>=0.5", "hatchling>=1.27")  # an image installs its own packages without build isolation


def requirements(*folders: str, extras: bool = False) -> list[str]:
    """What these packages depend on, without one another; ``extras`` adds their optional groups."""
    found: set[str] = set()
    for folder in folders:
        project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        groups = project.get("optional-dependencies", {}).values() if extras else ()
        for line in (*project["dependencies"], *(each for group in groups for each in group)):
            if not line.startswith(OWN):
                found.add(line)
    return sorted(found)


def targets() -> Iterator[tuple[Path, list[str]]]:
    """Each lock file with what goes into it; the workspace first."""
    tools = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    yield WORKSPACE, [*requirements(*LIBRARIES, *IMAGES, extras=True), *tools]
    benchmarks = (ROOT / "bench" / "requirements.in").read_text(encoding="utf-8").splitlines()
    yield Path("bench", "requirements.lock"), benchmarks
    for image in IMAGES:
        yield Path(image, "requirements.lock"), [*requirements(*LIBRARIES, image), *BUILD]


def compile_lock(wanted: list[str], output: Path, constraint: Path | None, *, upgrade: bool) -> None:
    """Resolve ``wanted`` into ``output``, keeping the pins that are there. Raises CalledProcessError."""
    command = [
        *(
            str(Path(sys.executable).with_name("uv")),
            "pip",
            "compile",
            "-",
            "--output-file",
            str(output),
            "--quiet",
        ),
        *("--python-version", "3.11", "--universal", "--generate-hashes", "--no-header", "--no-annotate"),
        *("--no-emit-index-url", "--no-emit-find-links", "--no-config"),
        *(("--constraints", str(constraint)) if constraint else ()),
        *(("--upgrade",) if upgrade else ()),
    ]
    subprocess.run(command, input="\n".join(wanted), text=True, check=True, cwd=ROOT, env=dict(os.environ))  # noqa: S603 -- our own tool and files


def write(*, upgrade: bool) -> None:
    """Write every lock file."""
    for path, wanted in targets():
        constraint = None if path == WORKSPACE else ROOT / WORKSPACE
        compile_lock(wanted, ROOT / path, constraint, upgrade=upgrade)
        print(f"wrote {path}")


def stale() -> list[Path]:
    """Lock files that differ from what their pyproject files give with the present pins."""
    different = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (path, wanted) in enumerate(targets()):
            present, copy = ROOT / path, Path(folder, f"{number}.lock")
            text = present.read_text(encoding="utf-8") if present.exists() else ""
            copy.write_text(text, encoding="utf-8")  # its pins are preferred
            constraint = None if path == WORKSPACE else ROOT / WORKSPACE
            compile_lock(wanted, copy, constraint, upgrade=False)
            if copy.read_text(encoding="utf-8") != text:
                different.append(path)
    return different


def main() -> int:
    """Exit code: 0 when written or fresh, 1 when a lock is stale."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--upgrade", action="store_true")
    chosen = parser.parse_args()
    if not chosen.check:
        write(upgrade=chosen.upgrade)
        return 0
    different = stale()
    for path in different:
        print(f"{path} is stale: run `make locks`", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
