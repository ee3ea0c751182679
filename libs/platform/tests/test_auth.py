"""What a verifier remembers of the tokens it took."""

from datetime import timedelta

import pytest
from inzira_platform.auth import TokenVerifier, UnauthenticatedError
from inzira_platform.clock import FixedClock
from inzira_platform.testing.client import Keys, principal_of

OFFICER = principal_of("rcs_intake_officer", facility="HUY")


def test_a_token_taken_by_a_clock_that_was_ahead_is_looked_at_again_once_it_is_right(
    keys: Keys, clock: FixedClock
) -> None:
    right = clock.now()
    clock.set(right + timedelta(hours=1))
    verifier = TokenVerifier(keys.jwks_file, clock, audience="svc:tvet")
    ahead = keys.token(OFFICER, "tvet", clock)
    assert verifier.verify(ahead).claims["sub"] == OFFICER.sub
    clock.set(right)
    with pytest.raises(UnauthenticatedError):
        verifier.verify(ahead)


def test_a_token_is_good_until_it_ends_whether_it_is_remembered_or_not(keys: Keys, clock: FixedClock) -> None:
    verifier = TokenVerifier(keys.jwks_file, clock, audience="svc:tvet")
    token, made = keys.token(OFFICER, "tvet", clock), clock.now()
    for seconds in (0, 29, 30, 59):
        clock.set(made + timedelta(seconds=seconds))
        assert verifier.verify(token).claims["sub"] == OFFICER.sub
    clock.set(made + timedelta(seconds=60))
    with pytest.raises(UnauthenticatedError):
        verifier.verify(token)
