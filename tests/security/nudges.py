"""Bending generated requests towards what exists: half of the ids, codes and versions become real ones."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

Known = Mapping[str, Sequence[str]]
CANARY = "Kanari-Uwera-9199907"
"""A value no answer and no log may repeat."""


class Nudger:
    """Deterministic by its seed, the operation and how often it was asked; changes a request in place."""

    def __init__(self, known: Known, seed: int) -> None:
        self._known = known
        self._seed = seed
        self._asked: Counter[str] = Counter()
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def begin(self, operation: str) -> None:
        """The next request of an operation: what others drew, and how often, changes nothing for it."""
        self._asked[operation] += 1
        self._random = random.Random(f"{self._seed}|{operation}|{self._asked[operation]}")  # noqa: S311 - as above

    def path(self, parameters: dict[str, Any]) -> None:
        """Ids of the path."""
        for name in parameters:
            self._maybe(parameters, name, 0.7)

    def query(self, parameters: dict[str, Any]) -> None:
        """Filters."""
        for name in list(parameters):
            self._maybe(parameters, name, 0.4)

    def headers(self, headers: Any) -> None:  # noqa: ANN401 - requests' case-insensitive mapping
        """Mostly a usable Idempotency-Key and If-Match, else what was generated."""
        if self._random.random() < 0.9:
            headers["Idempotency-Key"] = f"fuzz-{self._random.getrandbits(64):016x}"
        if self._random.random() < 0.8:
            headers["If-Match"] = f'"{self._random.randint(1, 4)}"'

    def body(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """Ids, days and instants inside a JSON body; now and then the canary where a text stood."""
        if isinstance(value, dict):
            for name, inner in value.items():
                value[name] = self._member(name, inner)
        elif isinstance(value, list):
            value[:] = [self.body(inner) for inner in value]
        return value

    def _member(self, name: Any, inner: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(inner, dict | list):
            return self.body(inner)
        chance = self._random.random()
        if name in self._known and chance < 0.8:
            return self._random.choice(self._known[name])
        if not isinstance(inner, str):
            return inner
        if str(name).endswith("_on") and chance < 0.7:
            return f"2026-{self._random.randint(1, 11):02d}-{self._random.randint(1, 28):02d}"
        if str(name).endswith("_at") and chance < 0.7:
            return f"2026-{self._random.randint(1, 11):02d}-{self._random.randint(1, 28):02d}T08:00:00+02:00"
        return CANARY if chance > 0.95 else inner

    def _maybe(self, parameters: dict[str, Any], name: str, chance: float) -> None:
        values = self._known.get(name)
        if values and self._random.random() < chance:
            parameters[name] = self._random.choice(values)
