"""Generated requests that are the same in every run, whatever ran before and whatever the service answers.

schemathesis seeds each operation by itself. What is left: hypothesis draws from the constants of whichever local
modules happen to be loaded, which differs with the tests that ran before in the same process; schemathesis takes
values from answers, in which ids and times are new each time, and adapts to refusals.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis.internal.conjecture import providers

NOTHING_FROM_ANSWERS: dict[str, Any] = {"extra-data-sources": {"responses": False}}
PHASES: dict[str, dict[str, Any]] = {
    "examples": NOTHING_FROM_ANSWERS,
    "coverage": NOTHING_FROM_ANSWERS,
    "fuzzing": {**NOTHING_FROM_ANSWERS, "error-feedback": {"enabled": False}, "operation-ordering": "none"},
    "stateful": {},
}


@contextmanager
def same_constants() -> Iterator[None]:
    """Inside the block hypothesis knows its own constants only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(providers, "_get_local_constants", providers.Constants)
        providers.CONSTANTS_CACHE.cache.clear()
        yield
    providers.CONSTANTS_CACHE.cache.clear()
