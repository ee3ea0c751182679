"""What a consent is, and what it never is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_contracts import codes
from inzira_intake.consent.domain import (
    ActsBackwardsError,
    Basis,
    ClassOutsideTextError,
    ConsentState,
    DataClass,
    DutyNotConsentError,
    Guardian,
    GuardianMissingError,
    GuardianRelation,
    LegalDutyError,
    Method,
    Period,
    PeriodError,
    ProofMissingError,
    Purpose,
    TooLongError,
    Witness,
    WitnessIsRecorderError,
    WitnessMissingError,
    WitnessRole,
    latest_end,
    require_by_consent,
    require_consent,
    require_consent_period,
    require_covered,
    require_guardian,
    require_proof,
    state_at,
    youngest_age,
)
from inzira_intake.custody.timeline import FutureFactError

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis takes naive bounds
later = st.timedeltas(timedelta(microseconds=1), timedelta(days=700))


@given(begins=moments, length=later, withdrawn=st.none() | moments, at=moments)
def test_a_consent_is_active_exactly_between_its_moments(
    begins: datetime, length: timedelta, withdrawn: datetime | None, at: datetime
) -> None:
    state = state_at(Period(begins, begins + length), withdrawn, at)
    active = begins <= at < begins + length and (withdrawn is None or at < withdrawn)
    assert (state is ConsentState.ACTIVE) == active


@given(begins=moments, length=later, withdrawn=moments, at=moments)
def test_a_withdrawal_never_makes_a_consent_active(
    begins: datetime, length: timedelta, withdrawn: datetime, at: datetime
) -> None:
    period = Period(begins, begins + length)
    if state_at(period, withdrawn, at) is ConsentState.ACTIVE:
        assert state_at(period, None, at) is ConsentState.ACTIVE
    assert state_at(period, withdrawn, max(withdrawn, at)) is ConsentState.WITHDRAWN


def test_it_ends_at_its_very_moment_without_anybody_doing_anything() -> None:
    period = Period(NOW, NOW + timedelta(days=1))
    assert state_at(period, None, NOW - timedelta(microseconds=1)) is ConsentState.NOT_YET
    assert state_at(period, None, NOW + timedelta(days=1, microseconds=-1)) is ConsentState.ACTIVE
    assert state_at(period, None, NOW + timedelta(days=1)) is ConsentState.EXPIRED
    assert state_at(Period(NOW, None), None, NOW + timedelta(days=9999)) is ConsentState.ACTIVE


@given(begins=moments, length=st.timedeltas(timedelta(days=1), timedelta(days=2000)))
def test_no_consent_outlasts_24_months(begins: datetime, length: timedelta) -> None:
    period = Period(begins, begins + length)
    if length > timedelta(days=731):
        with pytest.raises(TooLongError):
            require_consent_period(period, begins, begins)
    if length <= timedelta(days=730):
        require_consent_period(period, begins, begins)
    assert timedelta(days=730) <= latest_end(begins) - begins <= timedelta(days=731)


@pytest.mark.parametrize(
    ("period", "given_at", "error"),
    [
        (Period(NOW, NOW), NOW, PeriodError),
        (Period(NOW, NOW - timedelta(days=1)), NOW, PeriodError),
        (Period(NOW - timedelta(days=1), NOW + timedelta(days=1)), NOW, ActsBackwardsError),
        (Period(NOW, None), NOW, TooLongError),
        (Period(NOW + timedelta(hours=1), NOW + timedelta(days=1)), NOW + timedelta(hours=1), FutureFactError),
    ],
)
def test_a_period_that_cannot_be(period: Period, given_at: datetime, error: type[Exception]) -> None:
    with pytest.raises(error):
        require_consent_period(period, given_at, NOW)


def test_custody_is_never_a_matter_of_consent() -> None:
    with pytest.raises(DutyNotConsentError):
        require_by_consent(Purpose.CUSTODY_MANAGEMENT)
    for purpose in set(Purpose) - {Purpose.CUSTODY_MANAGEMENT}:
        require_by_consent(purpose)


def test_a_duty_is_not_the_persons_to_withdraw() -> None:
    require_consent(Basis.CONSENT)
    with pytest.raises(LegalDutyError):
        require_consent(Basis.LEGAL_DUTY)


@given(wanted=st.sets(st.sampled_from(DataClass)), named=st.sets(st.sampled_from(DataClass)))
def test_nothing_is_shared_that_the_text_does_not_name(wanted: set[DataClass], named: set[DataClass]) -> None:
    if wanted <= named:
        require_covered(wanted, named)
    else:
        with pytest.raises(ClassOutsideTextError):
            require_covered(wanted, named)


@pytest.mark.parametrize(
    ("method", "witness", "reference", "error"),
    [
        (Method.ORAL, None, "somewhere", WitnessMissingError),
        (Method.ORAL, Witness(WitnessRole.LAWYER), None, WitnessMissingError),
        (Method.ORAL, Witness(WitnessRole.OFFICER, account="me"), None, WitnessIsRecorderError),
        (Method.WRITTEN, Witness(WitnessRole.OFFICER, account="me"), "file 3", WitnessIsRecorderError),
        (Method.WRITTEN, None, None, ProofMissingError),
        (Method.ELECTRONIC, None, None, ProofMissingError),
    ],
)
def test_a_consent_nobody_could_prove(
    method: Method, witness: Witness | None, reference: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        require_proof(method, witness, reference, "me")


def test_consents_that_can_be_proven() -> None:
    require_proof(Method.ORAL, Witness(WitnessRole.OFFICER, account="other"), None, "me")
    require_proof(Method.ORAL, Witness(WitnessRole.LOCAL_LEADER, full_name="Invented Leader"), None, "me")
    require_proof(Method.WRITTEN, None, "file 3, sheet 12", "me")


@pytest.mark.parametrize(
    ("born_on", "birth_year", "age"),
    [
        (date(2010, 11, 23), None, 16),
        (date(2010, 11, 24), None, 15),
        (None, 2010, 15),
        (None, 2009, 16),
        (None, None, None),
    ],
)
def test_the_youngest_somebody_can_be(born_on: date | None, birth_year: int | None, age: int | None) -> None:
    assert youngest_age(born_on, birth_year, date(2026, 11, 23)) == age


@pytest.mark.parametrize("age", [None, 10, 15])
def test_a_child_consents_with_a_guardian(age: int | None) -> None:
    require_guardian(age, Guardian(GuardianRelation.MOTHER, "Invented Mother"))
    with pytest.raises(GuardianMissingError):
        require_guardian(age, None)


def test_from_sixteen_on_nobody_else_is_asked() -> None:
    require_guardian(16, None)


@pytest.mark.parametrize(
    ("ours", "theirs"), [(Purpose, codes.Purpose), (DataClass, codes.DataClass), (Basis, codes.Basis)]
)
def test_the_lists_are_those_of_the_contracts(ours: type[Purpose], theirs: type[codes.Purpose]) -> None:
    assert {item.value for item in ours} == {item.value for item in theirs} - {"UNKNOWN"}
