"""How long a failure is waited after."""

from inzira_platform.backoff import FIRST, LONGEST, WENT_WELL_SECONDS, Backoff


class Watch:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def failing(backoff: Backoff, watch: Watch, after: float) -> float:
    backoff.begin()
    watch.now += after
    return backoff.seconds()


def test_each_failure_is_waited_after_twice_as_long_up_to_the_longest() -> None:
    watch = Watch()
    backoff = Backoff(watch)
    waits = [failing(backoff, watch, 0.1) for _ in range(7)]
    assert waits == [FIRST, 0.4, 0.8, 1.6, 3.2, LONGEST, LONGEST]


def test_a_failure_after_long_work_is_the_first_again() -> None:
    watch = Watch()
    backoff = Backoff(watch)
    for _ in range(7):
        failing(backoff, watch, 0.1)
    assert failing(backoff, watch, WENT_WELL_SECONDS - 1) == LONGEST
    assert failing(backoff, watch, WENT_WELL_SECONDS) == FIRST
    assert failing(backoff, watch, 0.1) == 2 * FIRST
