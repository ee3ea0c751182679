"""Every paged list of a service, and cursors that were never its own."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

UNTRUE: tuple[Any, ...] = (
    [], [""], ["", ""], ["x", "y"], [None], [1, 2], {}, "x", 7, None, ["\ud800"], ["\ud800", "\ud800"],
    ["2026-01-01", "x"], ["2026-13-45", "00000000-0000-0000-0000-000000000000"], ["9999-12-31", "z" * 300],
    ["0001-01-01", "00000000-0000-0000-0000-000000000000"], ["-infinity", "00000000-0000-0000-0000-000000000000"],
    ["99999999999999999999", "0"], ["9223372036854775808"], ["NaN", "NaN"], ["\u0000", "a"], ["' OR 1=1 --", "x"],
    ["a", "b", "c"], ["a", "b", "c", "d"], [["a"]], ["2026-01-01T00:00:00Z", "not-a-uuid"],
    ["2026-01-01T00:00:00+99:99", "00000000-0000-0000-0000-000000000000"], ["١٢", "١٢"], ["1", "1"],
    ["2200-01-01", "1"],
)  # fmt: skip
NO_CURSORS = (
    "",
    "=",
    "====",
    "a",
    "%00",
    "é",
    "[" * 900,
    "W10",
    base64.urlsafe_b64encode(b"[" * 700).decode(),
    "\u0660",
)


def encoded(value: Any) -> str:  # noqa: ANN401 - any JSON
    """A cursor of whatever JSON."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@dataclass(frozen=True)
class PagedList:
    """One operation that takes a cursor."""

    path: str
    permission: str

    def filled(self, known: dict[str, list[str]]) -> str:
        """The path with real ids, where the service has some."""
        path = self.path
        for name, values in known.items():
            path = path.replace("{" + name + "}", values[0])
        return path.replace("{", "").replace("}", "")


def paged_lists(document: dict[str, Any]) -> Iterator[PagedList]:
    """From a service's OpenAPI document."""
    for path, item in document["paths"].items():
        operation = item.get("get", {})
        if any(parameter["name"] == "cursor" for parameter in operation.get("parameters", ())):
            yield PagedList(path, operation["x-permission"])
