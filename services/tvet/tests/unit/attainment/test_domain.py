"""What a statement of attainment can attest."""

import pytest
from inzira_tvet.attainment.domain import NothingAttainedError, check_attained


def test_a_statement_attests_at_least_one_module() -> None:
    check_attained(["G1"])
    with pytest.raises(NothingAttainedError):
        check_attained([])
