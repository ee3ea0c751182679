"""What a check finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold, and where."""

    invariant: str
    detail: str
