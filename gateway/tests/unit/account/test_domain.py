from datetime import timedelta

import pytest
from inzira_contracts.policy import policy
from inzira_gateway.account.domain import (
    AccountState,
    Reach,
    ReachMissingError,
    SecondAdministratorNeededError,
    UnknownRoleError,
    WeakPasswordError,
    check_confirmation,
    check_password,
    check_reach,
    delay_after,
    first_state,
)

WEAK = (
    "eleven-char", "aaaaaaaaaaaaaaaa", "password123456", "Inzira2026!!!", "abcabcabcabc", "keza.mutoni-is-me",
    "x" * 129, "qwerty-123456-",
)  # fmt: skip


@pytest.mark.parametrize("password", WEAK)
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError):
        check_password(password, "keza.mutoni")


@pytest.mark.parametrize("password", ["correct horse battery", "umusozi w'icyatsi kibisi", "Tr4in-left-at-7:40"])
def test_good_passwords_pass(password: str) -> None:
    check_password(password, "keza.mutoni")


def test_reach_must_fit_the_role() -> None:
    scopes = policy().role_scope
    check_reach(Reach("rcs_intake_officer", "RCS", facilities=("HUY",)), scopes)
    check_reach(Reach("me_officer", "RCS"), scopes)
    with pytest.raises(ReachMissingError):
        check_reach(Reach("rcs_intake_officer", "RCS"), scopes)
    with pytest.raises(ReachMissingError):
        check_reach(Reach("caseworker", "PFR"), scopes)


@pytest.mark.parametrize("role", ["system", "root", ""])
def test_nobody_is_given_a_role_of_the_machine(role: str) -> None:
    with pytest.raises(UnknownRoleError):
        check_reach(Reach(role, "RCS"), policy().role_scope)


def test_privileged_roles_wait_for_a_second_administrator() -> None:
    assert first_state("administrator", confirmed=False) is AccountState.PENDING
    assert first_state("caseworker", confirmed=False) is AccountState.ACTIVE
    check_confirmation("administrator", "a", "b")
    with pytest.raises(SecondAdministratorNeededError):
        check_confirmation("administrator", "a", "a")


def test_delay_grows_and_is_bounded() -> None:
    assert [delay_after(n).total_seconds() for n in range(7)] == [0, 0, 0, 0, 1, 2, 4]
    assert delay_after(1000) == timedelta(minutes=15)
