"""What may not stand anywhere in the repository."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TEXT = {
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".json",
    ".ini",
    ".cfg",
    ".conf",
    ".lock",
    ".in",
    ".xml",
    ".sql",
    ".txt",
}
# written apart so that this file does not hold them itself
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("maven", "org"),
        ("maven", "apache", "org"),
        ("npmjs", "org"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("deb", "debian", "org"),
    )
]
ETHNIC = re.compile("|".join(["eth" + "nic", "ub" + "woko", r"\bhu" + r"tu\b", r"\btut" + r"si\b"]), re.IGNORECASE)
UNFINISHED = re.compile(
    r"#.*\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b|raise Not" + "Implemented"
)
MACHINE = re.compile("|".join(["/wo" + "rk/", "/ro" + "ot/", "/home/[a-z]"]))


def texts(files: list[Path]) -> Iterator[tuple[Path, str]]:
    for file in files:
        if file.suffix in TEXT or file.name in {"Makefile", "Dockerfile", ".importlinter", "run", ".env.example"}:
            yield file, file.read_text(encoding="utf-8")


def test_no_registry_is_named(root: Path, kept_files: list[Path]) -> None:
    named = [str(file.relative_to(root)) for file, text in texts(kept_files) if any(host in text for host in HOSTS)]
    assert named == []


def test_no_path_of_one_machine_is_named(root: Path, kept_files: list[Path]) -> None:
    assert [str(file.relative_to(root)) for file, text in texts(kept_files) if MACHINE.search(text)] == []


def test_nothing_is_left_for_later(root: Path, python_files: list[Path]) -> None:
    assert [str(file.relative_to(root)) for file, text in texts(python_files) if UNFINISHED.search(text)] == []


def test_no_field_for_ethnicity(root: Path, kept_files: list[Path]) -> None:
    named = [
        (str(file.relative_to(root)), name)
        for file in kept_files
        if file.suffix in {".py", ".json", ".yaml", ".yml"} and file != Path(__file__)
        for name in _names(file)
        if ETHNIC.search(name)
    ]
    assert named == []


def _names(file: Path) -> Iterator[str]:
    """Identifiers of code, keys of data: where a field could be."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        yield from re.findall(r"^[\s\-\"']*([\w.\-]+)[\"']?\s*:", text, re.MULTILINE)
        return
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.Constant(value=str(value)) if file.name == "models.py" or "migrations" in file.parts:
                yield value


def test_services_lock_rows_in_the_one_way_that_shows_them_anew(root: Path, python_files: list[Path]) -> None:
    """`inzira_platform.storing.locked`: whoever looked before they locked would write over what they waited for."""
    sources = [file for file in python_files if file.relative_to(root).parts[::2][:2] == ("services", "src")]
    assert sources
    bare = [str(file.relative_to(root)) for file, text in texts(sources) if ".with_for_update(" in text]
    assert bare == []


MAY_SKIP = {"tests/edge/conftest.py": "nginx is no Python package; with INZIRA_REQUIRE_NGINX its absence fails instead"}


def test_no_test_is_skipped_and_every_exemption_says_why(root: Path, python_files: list[Path]) -> None:
    skipped = re.compile(r"pytest\.(mark\.)?(skip|skipif|xfail)\b")
    bare = re.compile(r"#\s*(noqa(:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*)?|type:\s*ignore(\[[^\]]*\])?)\s*$", re.MULTILINE)
    mine = Path(__file__)
    found = [
        str(file.relative_to(root))
        for file, text in texts(python_files)
        if file != mine
        and (bare.search(text) or (skipped.search(text) and str(file.relative_to(root)) not in MAY_SKIP))
    ]
    assert found == []
