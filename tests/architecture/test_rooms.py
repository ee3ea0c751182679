"""Every service is the same house with the same rooms (style.md 4)."""

from collections import Counter
from pathlib import Path

import pytest
from inzira_cli.processes import DEPLOYABLES, GATEWAY, SERVICES

ROOMS = {"domain", "models", "repository", "service", "schemas", "routes", "events"}
KEPT = ("README.md", "pyproject.toml", "Dockerfile", "alembic.ini", ".env.example", "requirements.lock")
MODULES = ("__init__", "__main__", "main", "settings", "database")
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "crud", "base"}

BY_FOLDER = {"conftest", "__init__", "__main__"}


def home(root: Path, deployable: str) -> Path:
    return root / (GATEWAY if deployable == GATEWAY else f"services/{deployable}")


@pytest.mark.parametrize("deployable", DEPLOYABLES)
def test_house_has_what_every_house_has(root: Path, deployable: str) -> None:
    folder = home(root, deployable)
    package = folder / "src" / f"inzira_{deployable}"
    wanted = [
        *(folder / name for name in KEPT),
        *(package / f"{name}.py" for name in MODULES),
        package / "consumers" / "__init__.py",
        folder / "migrations" / "env.py",
        folder / "tests" / "conftest.py",
    ]
    assert [str(path.relative_to(root)) for path in wanted if not path.exists()] == []


@pytest.mark.parametrize("deployable", DEPLOYABLES)
def test_migrations_are_named_by_date_and_deed(root: Path, deployable: str) -> None:
    names = [file.stem for file in (home(root, deployable) / "migrations" / "versions").glob("*.py")]
    assert names
    for name in names:
        year, month, day, rest = name.split("-", 3)
        time, _, deed = rest.partition("_")
        assert (len(year), len(month), len(day), len(time)) == (4, 2, 2, 4), name
        assert deed.split("_")[0] in {"create", "add", "drop", "alter", "rename", "index", "grant", "fill"}, name


def test_no_file_has_a_name_that_says_nothing(root: Path, python_files: list[Path]) -> None:
    assert [str(file.relative_to(root)) for file in python_files if file.stem in VAGUE] == []


def test_each_image_is_hash_checked_and_runs_without_privileges(root: Path) -> None:
    for deployable in (*DEPLOYABLES, "cli"):
        folder = f"services/{deployable}" if deployable in SERVICES else deployable
        text = (root / folder / "Dockerfile").read_text()
        copied = [line.split()[1:] for line in text.splitlines() if line.startswith("COPY ") and "--from" not in line]
        assert copied == [[f"{folder}/requirements.lock", "./"], ["libs", "libs"], [folder, folder]]
        assert "--require-hashes -r requirements.lock" in text
        assert "--no-deps --no-build-isolation" in text
        assert "\nUSER 10001:10001\n" in text


def test_modules_of_tests_have_names_of_their_own(root: Path, python_files: list[Path]) -> None:
    """Suites of `tests/` share one import path: of two modules with one name, whichever came first would serve both."""
    beside = [file for file in python_files if file.parent.parent == root / "tests"]
    own = [file.stem for file in beside if not file.stem.startswith("test_") and file.stem not in BY_FOLDER]
    assert [name for name, times in Counter(own).items() if times > 1] == []
