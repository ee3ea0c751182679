"""What a mark does to what is already written."""

from uuid import UUID

import pytest
from inzira_tvet.attendance.domain import MarkedTwiceError, Step, check_once, step_of

ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("known", "present", "step"),
    [
        (None, True, Step.FIRST),
        (None, False, Step.FIRST),
        (True, True, Step.SAME),
        (False, False, Step.SAME),
        (True, False, Step.CORRECTION),
        (False, True, Step.CORRECTION),
    ],
)
def test_a_mark_is_first_the_same_or_a_correction(known: bool | None, present: bool, step: Step) -> None:
    assert step_of(known, present) is step


def test_a_training_is_marked_once_per_call() -> None:
    check_once([ONE, TWO])
    with pytest.raises(MarkedTwiceError):
        check_once([ONE, TWO, ONE])
