"""Places of a worker: what does not answer holds none, and what hung before has its own."""

from collections import Counter

from inzira_gateway.webhook.places import AT_ONCE, IN_ALL, LINGERS_AFTER, SLOW_AT_ONCE, Free, Places


class Watch:
    """A clock that is put forward."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_attempt_that_lingers_holds_no_place_and_counts_for_its_partner() -> None:
    watch = Watch()
    places = Places(watch)
    assert places.free() == Free(AT_ONCE, SLOW_AT_ONCE, Counter())
    for number in range(AT_ONCE):
        places.take(number, f"ngo-{number % 4}", is_slow=False)
    assert places.free().at_once == 0
    watch.now = LINGERS_AFTER
    assert places.free() == Free(AT_ONCE, SLOW_AT_ONCE, Counter({f"ngo-{number}": AT_ONCE // 4 for number in range(4)}))
    places.give_back(0)
    assert places.free().busy["ngo-0"] == AT_ONCE // 4 - 1


def test_the_slow_lane_takes_no_place_of_the_others_and_they_take_none_of_it() -> None:
    watch = Watch()
    places = Places(watch)
    for number in range(SLOW_AT_ONCE):
        places.take(number, "ngo-slow", is_slow=True)
    assert (places.free().at_once, places.free().slow) == (AT_ONCE, 0)
    watch.now = LINGERS_AFTER
    assert places.free().slow == 0, "a place of the slow lane is held to the end"
    places.give_back(0)
    for number in range(100, 100 + AT_ONCE):
        places.take(number, "ngo-one", is_slow=False)
    assert (places.free().at_once, places.free().slow) == (0, 1)


def test_there_is_an_end_to_what_may_linger() -> None:
    watch = Watch()
    places = Places(watch)
    number = 0
    while free := places.free().at_once:
        for _ in range(free):
            places.take(number := number + 1, f"ngo-{number}", is_slow=False)
        watch.now += LINGERS_AFTER
    assert number == IN_ALL
    assert places.free().slow == SLOW_AT_ONCE
