"""Which facts may be corrected, and that episodes never overlap."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from inzira_intake.correction.domain import (
    Correctable,
    Correction,
    CorrectionReason,
    FactIdMissingError,
    NeighbourOverlapError,
    require_apart,
    require_named,
)

AT = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_movement_is_named_the_others_need_not_be() -> None:
    for fact in (Correctable.ADMISSION, Correctable.RELEASE):
        require_named(Correction(fact, AT, CorrectionReason.ENTRY_ERROR))
    require_named(Correction(Correctable.MOVEMENT, AT, CorrectionReason.ENTRY_ERROR, uuid4()))
    with pytest.raises(FactIdMissingError):
        require_named(Correction(Correctable.MOVEMENT, AT, CorrectionReason.ENTRY_ERROR))


def test_an_episode_lies_between_its_neighbours() -> None:
    require_apart(AT, AT + DAY, before=AT, after=AT + DAY)
    require_apart(AT, None, before=AT, after=None)
    with pytest.raises(NeighbourOverlapError):
        require_apart(AT, AT + DAY, before=AT + DAY, after=None)
    with pytest.raises(NeighbourOverlapError):
        require_apart(AT, AT + 2 * DAY, before=None, after=AT + DAY)
    with pytest.raises(NeighbourOverlapError):
        require_apart(AT, None, before=None, after=AT + DAY)
