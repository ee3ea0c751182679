"""What the rules of the house are checked against: the files of the repository."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def kept_files() -> list[Path]:
    """Every file that is or would be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="session")
def python_files(kept_files: list[Path]) -> list[Path]:
    """The Python among them."""
    return [file for file in kept_files if file.suffix == ".py"]


@pytest.fixture(scope="session")
def source_files(python_files: list[Path]) -> list[Path]:
    """The Python that runs in production: no tests, no migrations."""
    return [file for file in python_files if "src" in file.relative_to(ROOT).parts]
