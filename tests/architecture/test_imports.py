"""The import contracts hold, and a breach of each kind is noticed."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from inzira_cli.processes import DEPLOYABLES, GATEWAY

# what one feature may never know of another: how it is stored, and how it is spoken to from outside
CLOSED_ROOMS = {"repository", "routes", "events"}


def lint(root: Path, config: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo", "--config", str(config)]
    variables = {**os.environ, **environment, "COLUMNS": "300"}
    return subprocess.run(command, cwd=root, env=variables, capture_output=True, text=True, check=False)


def test_contracts_hold(root: Path) -> None:
    done = lint(root, root / ".importlinter")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("services/tvet/src/inzira_tvet/training/domain.py", "import sqlalchemy", "Rules touch neither"),
        ("services/tvet/src/inzira_tvet/settings.py", "import inzira_intake.settings", "Services know nothing"),
        ("libs/platform/src/inzira_platform/clock.py", "import inzira_tvet.settings", "Services, gateway and command"),
        ("services/tvet/src/inzira_tvet/training/models.py", "from . import service", "Rooms of tvet"),
        ("services/tvet/src/inzira_tvet/training/service.py", "import inzira_tvet.main", "House of tvet"),
    ],
)
def test_a_breach_is_noticed(root: Path, tmp_path: Path, file: str, line: str, broken: str) -> None:
    sources = []
    for source in [*root.glob("libs/*/src"), *root.glob("services/*/src"), root / "gateway/src", root / "cli/src"]:
        copy = tmp_path / source.relative_to(root)
        shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
        sources.append(str(copy))
    with (tmp_path / file).open("a") as opened:
        opened.write(f"\n{line}\n")
    done = lint(tmp_path, root / ".importlinter", PYTHONPATH=os.pathsep.join(sources))
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(rf"^{broken}.* BROKEN$", done.stdout, re.MULTILINE), done.stdout


@pytest.mark.parametrize("deployable", DEPLOYABLES)
def test_features_meet_only_through_their_use_cases(root: Path, deployable: str) -> None:
    package = root / (GATEWAY if deployable == GATEWAY else f"services/{deployable}") / "src" / f"inzira_{deployable}"
    features = {folder.name for folder in package.iterdir() if (folder / "service.py").exists()}
    breaches = [
        f"{file.relative_to(package)} imports {module}"
        for feature in features
        for file in (package / feature).glob("*.py")
        for module in _imported(file)
        if module.startswith(f"inzira_{deployable}.")
        if (parts := [*module.split(".")[1:], ""])[0] in features - {feature}
        if parts[1] in CLOSED_ROOMS
    ]
    assert breaches == []


def _imported(file: Path) -> list[str]:
    """Full names of the modules a file imports; `from a.b import c` counts as a.b and a.b.c."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [node.module] if node.module.count(".") > 1 else [f"{node.module}.{a.name}" for a in node.names]
    return found
