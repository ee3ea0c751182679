"""Exactly one responsible worker, whatever order the acts come in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from inzira_reintegration.responsibility.domain import (
    PENDING,
    AlreadyResponsibleError,
    HandoverPendingError,
    HandoverSettledError,
    HandoverState,
    NotYourHandoverError,
    NotYoursToHandOverError,
    Responsibility,
    ResponsibilityEndedError,
    accept,
    assign,
    begin,
    check_may_decide,
    check_may_offer,
    decline,
    end,
    escalate,
    offer,
)
from inzira_reintegration.rules import Worker

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
DUTY = Worker(worker_id="duty", org="PFR")
ANNA = Worker(worker_id="a", org="PFR")
BEN = Worker(worker_id="b", org="PFR")
CLARA = Worker(worker_id="c", org="DIDE")
WORKERS = st.sampled_from([DUTY, ANNA, BEN, CLARA])


def test_the_old_worker_stays_responsible_until_the_new_one_accepts() -> None:
    state = offer(begin(DUTY), ANNA, NOW, 72)
    assert state.holder == DUTY
    late = escalate(state, NOW + timedelta(hours=73))
    assert late.holder == DUTY
    assert late.pending is not None
    assert late.pending.state is HandoverState.ESCALATED
    assert accept(late).holder == ANNA


def test_a_declined_handover_leaves_the_case_where_it_was() -> None:
    declined = decline(offer(begin(DUTY), ANNA, NOW, 72))
    assert declined.holder == DUTY
    assert declined.pending is None
    with pytest.raises(HandoverSettledError):
        accept(declined)


def test_an_offer_is_not_escalated_before_its_time() -> None:
    state = offer(begin(DUTY), ANNA, NOW, 72)
    assert escalate(state, NOW + timedelta(hours=72)) == state


def test_one_offer_at_a_time_and_never_to_the_holder() -> None:
    state = offer(begin(DUTY), ANNA, NOW, 72)
    with pytest.raises(HandoverPendingError):
        offer(state, BEN, NOW, 72)
    with pytest.raises(AlreadyResponsibleError):
        offer(begin(ANNA), ANNA, NOW, 72)
    with pytest.raises(AlreadyResponsibleError):
        assign(begin(ANNA), ANNA)


def test_a_supervisors_assignment_withdraws_the_offer() -> None:
    state = assign(offer(begin(DUTY), ANNA, NOW, 72), BEN)
    assert state.holder == BEN
    assert state.offer is not None
    assert state.offer.state is HandoverState.WITHDRAWN


def test_who_may_offer_and_decide() -> None:
    check_may_offer(ANNA, "a", "PFR", supervises=False)
    check_may_offer(ANNA, "boss", "PFR", supervises=True)
    check_may_decide(CLARA, "c", "DIDE", supervises=False)
    with pytest.raises(NotYoursToHandOverError):
        check_may_offer(ANNA, "boss", "DIDE", supervises=True)
    with pytest.raises(NotYourHandoverError):
        check_may_decide(CLARA, "a", "PFR", supervises=False)
    with pytest.raises(NotYourHandoverError):
        check_may_decide(CLARA, "boss", "PFR", supervises=True)


class OneResponsibleWorker(RuleBasedStateMachine):
    """Any sequence of acts: between opening and closure there is one holder, changed only as allowed."""

    state: Responsibility
    expected: Worker | None

    @initialize(worker=WORKERS)
    def open(self, worker: Worker) -> None:
        self.state, self.expected, self.at = begin(worker), worker, NOW

    @rule(worker=WORKERS)
    def assigned(self, worker: Worker) -> None:
        try:
            self.state = assign(self.state, worker)
            self.expected = worker
        except (AlreadyResponsibleError, ResponsibilityEndedError):
            assert self.expected in (worker, None)

    @rule(worker=WORKERS)
    def offered(self, worker: Worker) -> None:
        try:
            self.state = offer(self.state, worker, self.at, 72)
        except (AlreadyResponsibleError, HandoverPendingError, ResponsibilityEndedError):
            assert self.expected in (worker, None) or self.state.pending

    @rule()
    def accepted(self) -> None:
        waiting = self.state.pending
        try:
            self.state = accept(self.state)
            assert waiting is not None
            self.expected = waiting.to
        except (HandoverSettledError, ResponsibilityEndedError):
            assert waiting is None

    @rule()
    def declined(self) -> None:
        try:
            self.state = decline(self.state)
        except (HandoverSettledError, ResponsibilityEndedError):
            assert self.state.pending is None

    @rule(hours=st.integers(0, 200))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        self.state = escalate(self.state, self.at)

    @precondition(lambda self: self.expected is not None)
    @rule()
    def closed(self) -> None:
        self.state, self.expected = end(self.state), None

    @invariant()
    def exactly_one_between_opening_and_closure(self) -> None:
        if hasattr(self, "state"):
            assert self.state.holder == self.expected
            if self.expected is None:
                assert self.state.pending is None
            if self.state.offer and self.state.offer.state in PENDING:
                assert self.state.offer.to != self.state.holder


TestOneResponsibleWorker = OneResponsibleWorker.TestCase
