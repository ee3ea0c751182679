"""The named views: which fields an answer may hold, as paths (`items[].name.full_name`)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "policy" / "views.yaml"


@dataclass(frozen=True)
class View:
    """A field set: `fields` are shown to somebody in every run, `also` may be shown; `never` are words not to occur."""

    name: str
    fields: frozenset[str]
    also: frozenset[str]
    names: bool
    is_document: bool
    never: tuple[str, ...] = ()

    def paths(self, document: Any) -> set[str]:  # noqa: ANN401 - any JSON
        """The paths of `document` that hold a value: null, an empty list and an empty map say nothing."""
        maps = {path.removesuffix(".*") for path in self.fields | self.also if path.endswith(".*")}
        return set(_walk(document, "", maps))


@cache
def views() -> Mapping[str, View]:
    """By name. Each line of `views.yaml` is written as groups of fields below a common path."""
    table = yaml.safe_load(FILE.read_text("utf-8"))
    return {name: _view(name, given or {}) for name, given in table.items()}


def _view(name: str, given: Mapping[str, Any]) -> View:
    fields, also = (
        frozenset(path for prefix, words in given.get(part, {}).items() for path in _fields(prefix, words))
        for part in ("fields", "also")
    )
    return View(name, fields, also, bool(given.get("names")), bool(fields), tuple(given.get("never", ())))


def _fields(prefix: str, words: str) -> Iterator[str]:
    for word in words.split():
        yield word if prefix == "/" else f"{prefix}.{word}"


def _walk(value: Any, path: str, maps: set[str]) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        if path in maps:
            yield from (f"{path}.*" for _ in value)
            return
        for name, inner in value.items():
            yield from _walk(inner, f"{path}.{name}" if path else name, maps)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, f"{path}[]", maps)
    elif value is not None:
        yield path
