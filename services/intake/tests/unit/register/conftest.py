"""What tests of the register share: the maker of registers beside this file, and the service's own places."""

import sys
from datetime import date
from pathlib import Path

import pytest
from inzira_intake.register.places import place_rules
from inzira_intake.register.rows import Rules

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def rules() -> Rules:
    """Reading on 1 November 2026, invented identities accepted."""
    return place_rules(date(2026, 11, 1), test_data=True)
