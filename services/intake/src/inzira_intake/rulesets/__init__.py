"""Versioned rules and reference data as YAML: a change of law or of a facility is a change of data."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def load(name: str) -> dict[str, Any]:
    """The rule file `name` (without suffix) as plain data, read once.

    Raises FileNotFoundError when the service carries no such file.
    """
    text = files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded
