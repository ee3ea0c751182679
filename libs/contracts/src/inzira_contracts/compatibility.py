"""Whether a schema may replace its committed snapshot within the same major: FULL_TRANSITIVE (events.md 4).

Old and new software run side by side and journals are replayed for years, so today's reader must take every
event ever written and every running reader must take what is written today. Allowed are: a new optional field
with a default, and a new code in a list whose readers turn unknown values into UNKNOWN (`x-unknown`).
All else needs a new major. Since no rule permits undoing what was once there, passing against the
snapshot means passing against all of its ancestors.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

FIXED = ("type", "format", "const", "default", "x-pii", "x-unknown")
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
TEXT_ONLY = frozenset({"$schema", "$id", "title", "description", "examples"})
UNDERSTOOD = frozenset(
    {*FIXED, *LOWER, *UPPER, *TEXT_ONLY, "pattern", "enum", "anyOf", "items", "properties", "required"}
)


def find_breaks(old: Schema, new: Schema, path: str = "") -> list[str]:
    """What in `new` breaks readers or events of `old`, in plain words with the field's path.

    Raises ValueError when a schema uses a keyword no rule here understands: the gate never guesses.
    """
    return list(_node_breaks(old, new, path or "event"))


def _node_breaks(old: Schema, new: Schema, path: str) -> Iterator[str]:
    for node in (old, new):
        if strange := node.keys() - UNDERSTOOD:
            raise ValueError(f"{path}: no compatibility rule for {', '.join(sorted(strange))}")
    for keyword in FIXED:
        if old.get(keyword) != new.get(keyword) or (keyword in old) != (keyword in new):
            yield f"{path}: {keyword} changed"
    yield from _pattern_breaks(old, new, path)
    yield from _range_breaks(old, new, path)
    yield from _enum_breaks(old, new, path)
    yield from _option_breaks(old, new, path)
    yield from _field_breaks(old, new, path)
    if "items" in old and "items" in new:
        yield from _node_breaks(old["items"], new["items"], f"{path}[]")
    elif "items" in old or "items" in new:
        yield f"{path}: items changed"


def _pattern_breaks(old: Schema, new: Schema, path: str) -> Iterator[str]:
    """A changed pattern may narrow or widen; which one cannot be decided in general, so neither passes."""
    if old.get("pattern") != new.get("pattern"):
        yield f"{path}: pattern changed"


def _range_breaks(old: Schema, new: Schema, path: str) -> Iterator[str]:
    """Narrower refuses old events, wider is refused by readers still running."""
    for keyword in (*LOWER, *UPPER):
        before, after = old.get(keyword), new.get(keyword)
        if before == after:
            continue
        tighter = before is None or (after is not None and (after > before) == (keyword in LOWER))
        yield f"{path}: {keyword} {'narrowed' if tighter else 'widened'}"


def _enum_breaks(old: Schema, new: Schema, path: str) -> Iterator[str]:
    before, after = old.get("enum"), new.get("enum")
    if before is None and after is None:
        return
    if before is None or after is None:
        yield f"{path}: became {'a closed list' if before is None else 'an open value'}"
        return
    for gone in (code for code in before if code not in after):
        yield f"{path}: code {gone} removed"
    if "x-unknown" not in old and (grown := [code for code in after if code not in before]):
        yield f"{path}: code {grown[0]} added, but readers have no value for unknown codes"


def _option_breaks(old: Schema, new: Schema, path: str) -> Iterator[str]:
    before, after = old.get("anyOf", []), new.get("anyOf", [])
    if [option.get("type") for option in before] != [option.get("type") for option in after]:
        yield f"{path}: alternatives changed"
        return
    for old_option, new_option in zip(before, after, strict=True):
        yield from _node_breaks(old_option, new_option, path)


def _field_breaks(old: Schema, new: Schema, path: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    required_before, required_after = set(old.get("required", ())), set(new.get("required", ()))
    for name, node in before.items():
        field = f"{path}.{name}"
        if name not in after:
            yield f"{field}: removed"
            continue
        if (name in required_before) != (name in required_after):
            yield f"{field}: made {'required' if name in required_after else 'optional'}"
        yield from _node_breaks(node, after[name], field)
    for name in after.keys() - before.keys():
        if name in required_after or "default" not in after[name]:
            yield f"{path}.{name}: a new field must be optional with a default"
