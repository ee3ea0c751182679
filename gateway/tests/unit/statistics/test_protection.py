"""The rules by which numbers are hidden."""

from hypothesis import given
from hypothesis import strategies as st
from inzira_gateway.statistics.protection import ALL, Cell, Child, Standing, open_family, shown_cells

K = 5
counts = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 30), min_size=1, max_size=12)


def first(numbers: dict[str, int]) -> dict[str, Child]:
    return {key: Child(count) for key, count in numbers.items()}


def shown_before(count: int, now: int) -> Child:
    return Child(now, Standing(shown=count, base=count, was_shown=True))


@given(counts)
def test_nothing_small_is_shown_and_what_is_hidden_hides(numbers: dict[str, int]) -> None:
    shown = open_family(first(numbers), K)
    if shown is None:
        return
    assert all(numbers[key] >= K for key in shown)
    hidden = [count for key, count in numbers.items() if key not in shown]
    assert not hidden or (len(hidden) >= 2 and sum(hidden) >= K)


@given(counts)
def test_the_answer_does_not_depend_on_the_order(numbers: dict[str, int]) -> None:
    turned = dict(reversed(numbers.items()))
    assert open_family(first(numbers), K) == open_family(first(turned), K)


@given(counts)
def test_a_month_in_which_nobody_moved_shows_the_same(numbers: dict[str, int]) -> None:
    shown = open_family(first(numbers), K)
    if shown is None:
        return
    again = {
        key: Child(count, Standing(count if key in shown else None, count, key in shown))
        for key, count in numbers.items()
    }
    assert open_family(again, K) == shown


def test_a_whole_of_one_part_is_not_divided() -> None:
    """Showing it would say of everybody in it where they are."""
    assert open_family(first({"a": 12, "b": 0, "c": 0}), K) == frozenset()
    assert open_family(first({"a": 12}), K) == {"a"}


def test_the_smallest_keeps_a_small_one_company() -> None:
    assert open_family(first({"a": 3, "b": 9, "c": 40}), K) == {"c"}
    assert open_family(first({"a": 4, "b": 2, "c": 40}), K) == {"c"}


def test_one_who_came_is_not_told() -> None:
    stood = {"a": shown_before(10, 11), "b": shown_before(20, 26), "c": shown_before(40, 40)}
    assert open_family(stood, K) == {"c"}, "b is hidden too: else the rest would tell of the one"
    alone = {"a": shown_before(10, 11), "b": shown_before(20, 20), "c": shown_before(40, 40)}
    assert open_family(alone, K) is None


def test_what_hid_another_is_shown_again_only_once_it_moved() -> None:
    held = {
        "a": Child(3, Standing(None, 3, was_shown=False)),
        "b": Child(9, Standing(None, 9, was_shown=False)),
        "c": shown_before(40, 40),
    }
    assert open_family(held, K) == {"c"}
    grown = {**held, "a": Child(9, Standing(None, 3, was_shown=False))}
    assert open_family(grown, K) is None, "b alone would stay hidden, and with it be known what a was"
    both = {**grown, "b": Child(15, Standing(None, 9, was_shown=False))}
    assert open_family(both, K) == {"a", "b", "c"}


def test_a_whole_whose_parts_cannot_be_protected_is_hidden_itself() -> None:
    numbers = {ALL: 60, Cell("", "S", ""): 30, Cell("", "T", ""): 30}
    leaves = {Cell("d", "S", "x"): 20, Cell("d", "S", "y"): 10, Cell("d", "T", "x"): 15, Cell("d", "T", "y"): 15}
    standings = {cell: Standing(count, count, was_shown=True) for cell, count in {**numbers, **leaves}.items()}
    later = {**numbers, **leaves, ALL: 66, Cell("", "S", ""): 36, Cell("d", "S", "x"): 24, Cell("d", "S", "y"): 12}
    shown = shown_cells(later, standings, K)
    assert Cell("", "S", "") not in shown or Cell("d", "S", "x") not in shown
    assert not {Cell("d", "S", "x"), Cell("d", "S", "y")} & shown, "4 and 2 came: neither is told"


def test_fewer_than_k_persons_more_repeat_the_release_before() -> None:
    numbers = {ALL: 40, Cell("", "S", ""): 20, Cell("", "T", ""): 20}
    standings = {cell: Standing(count, count, was_shown=True) for cell, count in numbers.items()}
    assert shown_cells({**numbers, ALL: 41, Cell("", "S", ""): 21}, standings, K) == frozenset()
    assert shown_cells(numbers, standings, K) == numbers.keys()
    assert shown_cells({ALL: 4, Cell("", "S", ""): 4}, {}, K) == frozenset()
