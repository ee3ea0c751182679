"""Files and functions stay small enough to be read (style.md 4)."""

import ast
from pathlib import Path
from statistics import median, quantiles

LONGEST_FILE = 500
USUAL_FILE = 350
LONGEST_USUAL_FUNCTION = 40


def test_no_file_is_longer_than_the_limit(root: Path, python_files: list[Path]) -> None:
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in python_files}
    assert {str(file.relative_to(root)): length for file, length in lengths.items() if length > LONGEST_FILE} == {}
    assert median(lengths.values()) <= 120
    assert quantiles(lengths.values(), n=100)[97] <= USUAL_FILE


def test_functions_are_short(python_files: list[Path]) -> None:
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for file in python_files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert quantiles(lengths, n=100)[94] <= LONGEST_USUAL_FUNCTION
