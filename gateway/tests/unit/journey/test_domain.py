from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_gateway.journey.domain import Axes, Fact, Stage, fold, stage_of

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
CASE = str(uuid4())


def fact(name: str, version: int, occurred_at: datetime = AT, supersedes: UUID | None = None, **refs: object) -> Fact:
    return Fact(uuid4(), name.split(".")[0], f"inzira.{name}.v1", version, occurred_at, supersedes, refs)


ADMITTED = fact("intake.person.admitted", 1, facility="HUY", return_district="24")
DATED = fact("intake.dates.computed", 3, expected_release_on="2026-09-01")
ENROLLED = fact("curriculum.enrolment.opened", 1, enrolment_id="e1", state="ENROLLED")
CERTIFIED = fact("curriculum.certificate.issued", 9, enrolment_id="e1")
TRAINING = fact("tvet.training.opened", 1, training_id="t1")
AWARDED = fact("tvet.award.granted", 6, training_id="t1")
OPENED = fact("reintegration.case.opened", 1, case_id=CASE)
ASSIGNED = fact("reintegration.worker.assigned", 2, case_id=CASE, worker_id="w1", org="PFR", role="PRIMARY")
NAMED = fact("reintegration.worker.assigned", 6, case_id=CASE, worker_id="w3", org="PFR", role="PRIMARY")
REOPENED = fact("reintegration.case.opened", 1, case_id=CASE, trigger="REOPENED")
PLANNED = fact("reintegration.plan.agreed", 3, case_id=CASE)
RELEASED = fact("intake.person.released", 4, facility="HUY", released_on="2026-09-01")
OFFERED = fact("reintegration.handover.offered", 4, case_id=CASE, to_worker="w2", org="PFR")
ACCEPTED = fact("reintegration.handover.accepted", 5, case_id=CASE, to_worker="w2", org="PFR")
LOST = fact("reintegration.contact.lost", 6, case_id=CASE)
DUE = fact("reintegration.due.changed", 7, case_id=CASE, next_due_on="2026-08-02")
NOTHING_DUE = fact("reintegration.due.changed", 8, case_id=CASE)
CLOSED = fact("reintegration.case.closed", 8, datetime(2027, 9, 1, 8, tzinfo=UTC), case_id=CASE)
ROAD = [ADMITTED, DATED, ENROLLED, CERTIFIED, TRAINING, AWARDED, OPENED, ASSIGNED, PLANNED, RELEASED, OFFERED, ACCEPTED]


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ([], Stage.UNKNOWN),
        ([ADMITTED], Stage.ADMITTED),
        ([ADMITTED, ENROLLED], Stage.IN_CURRICULUM),
        ([ADMITTED, ENROLLED, CERTIFIED], Stage.CURRICULUM_COMPLETED),
        ([ADMITTED, ENROLLED, CERTIFIED, TRAINING], Stage.IN_TRAINING),
        ([ADMITTED, ENROLLED, CERTIFIED, TRAINING, AWARDED], Stage.TRAINED),
        ([ADMITTED, ENROLLED, CERTIFIED, OPENED], Stage.PREPARING_RELEASE),
        ([ADMITTED, OPENED, ENROLLED], Stage.IN_CURRICULUM),
        ([ADMITTED, OPENED, PLANNED, ENROLLED], Stage.PREPARING_RELEASE),
        ([ADMITTED, RELEASED], Stage.RELEASED),
        ([ADMITTED, OPENED, RELEASED], Stage.HANDOVER),
        ([ADMITTED, OPENED, RELEASED, OFFERED], Stage.HANDOVER),
        ([ADMITTED, OPENED, ASSIGNED, PLANNED, RELEASED], Stage.HANDOVER),
        ([ADMITTED, OPENED, ASSIGNED, NAMED, RELEASED], Stage.FOLLOW_UP),
        ([ADMITTED, OPENED, ASSIGNED, RELEASED, OFFERED, NAMED], Stage.FOLLOW_UP),
        ([ADMITTED, RELEASED, REOPENED, ASSIGNED], Stage.FOLLOW_UP),
        (ROAD, Stage.FOLLOW_UP),
        ([*ROAD, LOST], Stage.LOST_CONTACT),
        ([*ROAD, LOST, fact("reintegration.visit.recorded", 7, case_id=CASE)], Stage.FOLLOW_UP),
        ([*ROAD, CLOSED], Stage.CLOSED),
        ([*ROAD, CLOSED, fact("intake.person.died", 5)], Stage.DECEASED),
        ([ADMITTED, fact("intake.person.moved", 2, custody_state="ESCAPED", kind="ESCAPED")], Stage.ESCAPED),
        ([*ROAD, CLOSED, fact("intake.person.admitted", 5, facility="MUH")], Stage.TRAINED),
    ],
)
def test_stage_follows_the_road(facts: list[Fact], stage: Stage) -> None:
    assert fold(facts).stage is stage


def test_fold_reads_axes() -> None:
    axes = fold(ROAD)
    assert (axes.worker_id, axes.org, axes.facility) == ("w2", "PFR", "HUY")
    assert axes.released_on == date(2026, 9, 1)
    assert axes.return_district == "24"


def test_next_due_is_the_release_while_in_custody() -> None:
    assert fold([ADMITTED, DATED]).next_due_on == date(2026, 9, 1)
    assert fold([ADMITTED, DATED, RELEASED]).next_due_on is None


def test_next_due_is_what_the_case_asks_for_next() -> None:
    later = fact("reintegration.due.changed", 7, case_id=CASE, next_due_on="2026-12-02")
    assert fold([ADMITTED, DATED, OPENED, DUE]).next_due_on == date(2026, 8, 2)
    assert fold([ADMITTED, DATED, OPENED, later]).next_due_on == date(2026, 9, 1), "the release comes first"
    assert fold([ADMITTED, DATED, OPENED, RELEASED, later]).next_due_on == date(2026, 12, 2)
    assert fold([ADMITTED, DATED, OPENED, RELEASED, DUE, NOTHING_DUE]).next_due_on is None
    assert fold([*ROAD, DUE, CLOSED]).next_due_on is None


def test_case_closed_before_a_new_release_does_not_close_the_new_road() -> None:
    axes = fold([*ROAD, CLOSED])
    assert stage_of(axes._replace(released_on=date(2028, 1, 1))) is Stage.RELEASED


def test_somebody_on_the_way_belongs_to_the_facility_they_left() -> None:
    departed = fact("intake.person.moved", 2, custody_state="IN_TRANSIT", to_facility="MUH", kind="D")
    received = fact("intake.person.moved", 3, custody_state="IN_FACILITY", to_facility="MUH", kind="R")
    assert fold([ADMITTED, departed]).facility == "HUY"
    assert fold([ADMITTED, departed]).incoming_facility == "MUH"
    assert fold([ADMITTED, departed, received]).incoming_facility is None
    assert fold([ADMITTED, departed, received]).facility == "MUH"


def test_correction_of_the_same_type_takes_the_place_of_what_it_corrects() -> None:
    moved = fact("intake.person.moved", 2, custody_state="IN_FACILITY", to_facility="MUH", kind="R")
    corrected = fact("intake.person.admitted", 3, facility="NYZ", supersedes=ADMITTED.event_id)
    assert fold([ADMITTED, corrected]).facility == "NYZ"
    assert fold([ADMITTED, moved, corrected]).facility == "MUH"


def test_corrected_time_moves_only_the_time() -> None:
    released = fact("intake.person.released", 2, facility="HUY")
    first = fact("intake.fact.corrected", 3, datetime(2026, 3, 4, tzinfo=UTC), supersedes=released.event_id)
    second = fact("intake.fact.corrected", 4, datetime(2026, 3, 5, tzinfo=UTC), supersedes=first.event_id)
    assert fold([ADMITTED, released, first]).released_on == date(2026, 3, 4)
    assert fold([ADMITTED, released, first, second]).released_on == date(2026, 3, 5)


def test_correction_of_something_unknown_stands_by_itself() -> None:
    assert fold([replace(ADMITTED, supersedes=uuid4())]).facility == "HUY"


@given(st.permutations([*ROAD, LOST, CLOSED]), st.lists(st.sampled_from(ROAD), max_size=4))
def test_order_and_repetition_of_delivery_change_nothing(shuffled: list[Fact], again: list[Fact]) -> None:
    """Delivery order is free; the inbox removes repeats, and the fold would not mind them."""
    once = {item.event_id: item for item in [*shuffled, *again]}
    assert fold(once.values()) == fold([*ROAD, LOST, CLOSED])


def test_nothing_known_is_nothing_said() -> None:
    assert fold([]) == Axes()
