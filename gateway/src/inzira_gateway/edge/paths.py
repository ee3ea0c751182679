"""Which paths are let in, and which route they mean. Pure: strings in, a match out.

The raw path of a client is never forwarded: it is matched against templates, its parameters are
validated, and the upstream path is built anew from them (security.md 2, "never forward the raw path").
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

MAX_PATH = 1024
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
KINDS: Mapping[str, re.Pattern[str]] = {
    "uuid": re.compile(UUID),
    "integer": re.compile(r"[0-9]{1,18}"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "token": re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}"),
}
"""What a path parameter may look like. None of them admits a slash, a percent sign or two dots alone."""

_ALLOWED = re.compile(r"/[A-Za-z0-9._~/-]*")
_PARAMETER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


@dataclass(frozen=True)
class Template:
    """One path template with the kind of each parameter, for example `/v1/persons/{person_id}`."""

    text: str
    kinds: Mapping[str, str]

    @cached_property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.text.split("/")[1:])

    def build(self, values: Mapping[str, str]) -> str:
        """The upstream path, from validated values only."""
        return _PARAMETER.sub(lambda found: values[found.group(1)], self.text)


@dataclass(frozen=True, slots=True)
class Match:
    template: str
    values: Mapping[str, str]


def parameter_names(template: str) -> tuple[str, ...]:
    return tuple(_PARAMETER.findall(template))


def is_clean(raw_path: bytes, path: str) -> bool:
    """Whether a path may be matched at all.

    Refused: anything percent-encoded (a slash, a backslash, a null byte or two dots could hide in it),
    `;`, `//`, dot segments, a trailing slash, characters outside the unreserved set, and over-long paths.
    No template of ours needs any of them, so the check is one allow-list instead of a list of attacks.
    """
    if len(raw_path) > MAX_PATH or raw_path.decode("latin-1") != path:
        return False
    if path == "/":
        return True
    if not _ALLOWED.fullmatch(path) or "//" in path or path.endswith("/"):
        return False
    return all(segment.strip(".") for segment in path.split("/")[1:])


class PathTable:
    """Finds the template of a path: by segment count, fixed words before parameters."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self._by_length: dict[int, list[Template]] = {}
        for template in sorted(templates, key=_specificity):
            self._by_length.setdefault(len(template.segments), []).append(template)

    def find(self, path: str) -> Match | None:
        """The most specific template that the path fits, with its values, or None."""
        segments = path.split("/")[1:]
        for template in self._by_length.get(len(segments), ()):
            values = _fit(template, segments)
            if values is not None:
                return Match(template.text, values)
        return None


def _specificity(template: Template) -> tuple[tuple[bool, str], ...]:
    return tuple((segment.startswith("{"), segment) for segment in template.segments)


def _fit(template: Template, segments: list[str]) -> dict[str, str] | None:
    values: dict[str, str] = {}
    for wanted, given in zip(template.segments, segments, strict=True):
        if not wanted.startswith("{"):
            if wanted != given:
                return None
            continue
        name = wanted[1:-1]
        if not KINDS[template.kinds[name]].fullmatch(given):
            return None
        values[name] = given
    return values
