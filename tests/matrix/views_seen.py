"""What a run saw of each view, in the form of `policy/views.yaml`: to compare with when a view changes on purpose."""

from collections import defaultdict
from collections.abc import Iterable, Mapping


def as_written(seen: Mapping[str, Iterable[str]]) -> str:
    """The views as lines of yaml."""
    lines = []
    for name in sorted(seen):
        groups: dict[str, list[str]] = defaultdict(list)
        for path in sorted(seen[name]):
            prefix, _, field = path.rpartition(".")
            groups[prefix or "/"].append(field if prefix else path)
        lines.append(f"{name}:\n  fields:")
        lines += [f"    {prefix}: {' '.join(fields)}" for prefix, fields in groups.items()]
    return "\n".join(lines)
