"""A gateway on the machine's own clock, behind a real socket, for what partners do by the hour."""

import sys
from pathlib import Path

import pytest
from inzira_platform.clock import SystemClock
from inzira_platform.embedded import EmbeddedPostgres
from inzira_platform.testing.client import Keys

# importlib mode leaves these rooms out of reach of the tests
sys.path.append(str(Path(__file__).parents[1] / "security"))
sys.path.append(str(Path(__file__).parents[2] / "gateway" / "tests"))

from fleet import Ground, Secrets


@pytest.fixture
def ground(postgres: EmbeddedPostgres, keys: Keys, tmp_path: Path) -> Ground:
    """PostgreSQL, keys and the machine's clock: what a partner signs carries the hour of its own machine."""
    return Ground(postgres, keys, SystemClock(), Secrets.made_in(tmp_path, keys))
