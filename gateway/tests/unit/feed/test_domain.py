"""What a partner is told, whatever happens in whatever order, and the same again when it asks again."""

from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from inzira_gateway.feed.domain import Told, decide
from inzira_gateway.sharing.domain import Sight, pairwise_id, seal, unseal

FIELDS = ("stage",)
STEPS = st.lists(st.tuples(st.booleans(), st.sampled_from([("stage",), ("facility",), ("consent",)])), max_size=12)
Steps = list[tuple[bool, tuple[str, ...]]]


def walk(steps: Steps) -> tuple[list[Told | None], Sight | None]:
    told: list[Told | None] = []
    sight: Sight | None = None
    for position, (is_visible, changed) in enumerate(steps, start=1):
        what, sight = decide(sight, position, changed, FIELDS if is_visible else None)
        told.append(what)
    return told, sight


def test_somebody_never_seen_is_never_spoken_of() -> None:
    assert walk([(False, ("stage",))] * 3)[0] == [None] * 3


def test_what_the_view_does_not_show_is_not_told() -> None:
    assert walk([(True, ("consent",)), (True, ("facility",)), (True, ("stage",))])[0] == [
        Told.CHANGED,
        None,
        Told.CHANGED,
    ]


def test_somebody_gone_is_told_once_and_nothing_after_it() -> None:
    assert walk([(True, ("stage",)), (False, ("consent",)), (False, ("stage",)), (True, ("consent",))])[0] == [
        Told.CHANGED,
        Told.GONE,
        None,
        Told.CHANGED,
    ]


@given(STEPS)
def test_gone_follows_changed_and_never_another_gone(steps: Steps) -> None:
    told = [what for what in walk(steps)[0] if what is not None]
    for before, after in pairwise([None, *told]):
        assert after is Told.CHANGED or before is Told.CHANGED


@given(STEPS)
def test_a_client_that_lost_the_answer_is_told_the_last_word_again(steps: Steps) -> None:
    told, sight = walk(steps)
    spoken = [position for position, what in enumerate(told, start=1) if what is not None]
    for position in spoken[-1:]:
        is_visible, changed = steps[position - 1]
        again, _ = decide(sight, position, changed, FIELDS if is_visible else None)
        assert again is told[position - 1]


def test_cursors_and_ids_are_of_one_partner() -> None:
    person = UUID(int=7)
    assert pairwise_id(b"one", person) == pairwise_id(b"one", person) != pairwise_id(b"two", person)
    cursor = seal(b"one", "feed", "12")
    assert unseal(b"one", "feed", cursor) == "12"
    assert unseal(b"two", "feed", cursor) is None
    assert unseal(b"one", "persons", cursor) is None
    assert unseal(b"one", "feed", "MTM." + cursor.partition(".")[2]) is None
