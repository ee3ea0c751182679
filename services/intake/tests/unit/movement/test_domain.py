"""What each movement must state."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from inzira_intake.custody.domain import LegalStatus
from inzira_intake.movement.domain import (
    NEEDS_REFERENCE,
    AuthorityMissingError,
    DestinationError,
    DueBackMissingError,
    LegalStatusNotHereError,
    Movement,
    MovementKind,
    ReferenceMissingError,
    ReturnError,
    require_stated,
)

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
DAY = date(2026, 3, 1)
LEAVE = Movement(MovementKind.LEAVE_GRANTED, AT, reference="L/1", authority="RCS", due_back_on=DAY)


@pytest.mark.parametrize("kind", sorted(NEEDS_REFERENCE))
def test_papers_are_named(kind: str) -> None:
    movement = Movement(MovementKind(kind), AT, to_facility="MUS")
    with pytest.raises(ReferenceMissingError):
        require_stated(movement, DAY)


def test_only_what_leads_elsewhere_names_where() -> None:
    out = Movement(MovementKind.TRANSFER_DEPARTED, AT, reference="T/1")
    with pytest.raises(DestinationError):
        require_stated(out, DAY)
    require_stated(replace(out, to_facility="MUS"), DAY)
    with pytest.raises(DestinationError):
        require_stated(Movement(MovementKind.COURT_IN, AT, to_facility="MUS"), DAY)


def test_a_leave_names_who_granted_it_and_until_when() -> None:
    require_stated(LEAVE, DAY)
    with pytest.raises(AuthorityMissingError):
        require_stated(replace(LEAVE, authority=None), DAY)
    for due_back in (None, date(2026, 2, 28)):
        with pytest.raises(DueBackMissingError):
            require_stated(replace(LEAVE, due_back_on=due_back), DAY)


def test_the_way_back_lies_after_the_way_out_of_a_stay() -> None:
    stay = Movement(MovementKind.HOSPITAL_OUT, AT, reference="R/1")
    require_stated(replace(stay, returned_at=AT + timedelta(days=1)), DAY)
    with pytest.raises(ReturnError):
        require_stated(replace(stay, returned_at=AT), DAY)
    with pytest.raises(ReturnError):
        require_stated(Movement(MovementKind.HOSPITAL_IN, AT, returned_at=AT + timedelta(days=1)), DAY)


def test_only_the_court_changes_the_legal_status() -> None:
    require_stated(Movement(MovementKind.COURT_IN, AT, legal_status=LegalStatus.ACQUITTED), DAY)
    with pytest.raises(LegalStatusNotHereError):
        require_stated(Movement(MovementKind.HOSPITAL_IN, AT, legal_status=LegalStatus.ACQUITTED), DAY)
