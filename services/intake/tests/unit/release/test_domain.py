"""The guards of a release and what binds after it."""

from datetime import date

import pytest
from inzira_intake.custody.domain import Supervision
from inzira_intake.release.domain import (
    ComputedDates,
    EndNotVerifiedError,
    OrderState,
    ParoleNotOpenError,
    ReleaseBeforeEndError,
    ReleaseNotPreparedError,
    ReleaseReason,
    SamePersonError,
    require_dates,
    require_prepared,
    require_second_person,
    supervision_after,
)

END, PAROLE = date(2026, 6, 30), date(2025, 1, 31)
DATES = ComputedDates(END, PAROLE)


def test_an_expired_sentence_needs_the_computed_end_verified_and_reached() -> None:
    require_dates(ReleaseReason.SENTENCE_EXPIRED, END, END, DATES)
    with pytest.raises(EndNotVerifiedError):
        require_dates(ReleaseReason.SENTENCE_EXPIRED, END, date(2026, 7, 1), DATES)
    with pytest.raises(EndNotVerifiedError):
        require_dates(ReleaseReason.SENTENCE_EXPIRED, END, None, ComputedDates(None, None))
    with pytest.raises(ReleaseBeforeEndError):
        require_dates(ReleaseReason.SENTENCE_EXPIRED, date(2026, 6, 29), END, DATES)


def test_parole_opens_on_its_date() -> None:
    require_dates(ReleaseReason.PAROLE, PAROLE, None, DATES)
    with pytest.raises(ParoleNotOpenError):
        require_dates(ReleaseReason.PAROLE, date(2025, 1, 30), None, DATES)
    with pytest.raises(ParoleNotOpenError):
        require_dates(ReleaseReason.PAROLE, PAROLE, None, ComputedDates(END, None))


@pytest.mark.parametrize("reason", sorted(set(ReleaseReason) - {ReleaseReason.SENTENCE_EXPIRED, ReleaseReason.PAROLE}))
def test_other_reasons_do_not_wait_for_a_date(reason: ReleaseReason) -> None:
    require_dates(reason, date(2024, 1, 1), None, DATES)


@pytest.mark.parametrize(
    ("reason", "wanted", "bound"),
    [
        (ReleaseReason.PAROLE, True, Supervision.PAROLE),
        (ReleaseReason.PARDON, False, Supervision.PARDON_CONDITIONS),
        (ReleaseReason.CONVERTED_TO_TIG, True, Supervision.TIG),
        (ReleaseReason.SENTENCE_EXPIRED, True, Supervision.VOLUNTARY_AFTERCARE),
        (ReleaseReason.ACQUITTAL, False, Supervision.NONE),
    ],
)
def test_the_reason_binds_and_aftercare_is_free(reason: ReleaseReason, wanted: bool, bound: Supervision) -> None:
    assert supervision_after(reason, aftercare_accepted=wanted) is bound


def test_two_persons_and_a_waiting_order() -> None:
    require_second_person("acc-1", "acc-2")
    with pytest.raises(SamePersonError):
        require_second_person("acc-1", "acc-1")
    require_prepared(OrderState.PREPARED)
    for state in (OrderState.APPROVED, OrderState.SUPERSEDED):
        with pytest.raises(ReleaseNotPreparedError):
            require_prepared(state)
