"""The matrix stands on what the security tests stand on."""

import sys
from pathlib import Path

import pytest
from inzira_platform.clock import FixedClock
from inzira_platform.embedded import EmbeddedPostgres
from inzira_platform.testing.client import Keys
from inzira_platform.testing.plugin import NOON

# importlib mode leaves these rooms, and the scenes of the deployables' own tests, out of reach of the tests
sys.path.extend(str(folder) for folder in (Path(__file__).parent, Path(__file__).parents[1] / "security"))
sys.path.extend(str(folder) for folder in Path(__file__).parents[2].glob("services/*/tests"))
sys.path.append(str(Path(__file__).parents[2] / "gateway" / "tests"))

from fleet import Ground, Secrets


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Secrets:
    """Key files of this test process."""
    return Secrets.made_in(tmp_path_factory.mktemp("secrets"), keys)


@pytest.fixture(scope="module")
def module_ground(postgres: EmbeddedPostgres, keys: Keys, secrets: Secrets) -> Ground:
    """PostgreSQL, keys and a clock that stands, for a whole file."""
    return Ground(postgres, keys, FixedClock(NOON), secrets)
