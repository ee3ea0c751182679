"""What the security tests share: the ground every deployable stands on."""

import sys
from pathlib import Path

import pytest
from inzira_platform.clock import FixedClock
from inzira_platform.embedded import EmbeddedPostgres
from inzira_platform.testing.client import Keys
from inzira_platform.testing.plugin import NOON

# importlib mode leaves these rooms, and the scenes of the deployables' own tests, out of reach of the tests
sys.path.append(str(Path(__file__).parent))
sys.path.extend(str(folder) for folder in Path(__file__).parents[2].glob("services/*/tests"))
sys.path.append(str(Path(__file__).parents[2] / "gateway" / "tests"))

from fleet import Ground, Secrets


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Secrets:
    """Key files of this test process."""
    return Secrets.made_in(tmp_path_factory.mktemp("secrets"), keys)


@pytest.fixture
def ground(postgres: EmbeddedPostgres, keys: Keys, clock: FixedClock, secrets: Secrets) -> Ground:
    """PostgreSQL, keys and the clock."""
    return Ground(postgres, keys, clock, secrets)


@pytest.fixture(scope="module")
def module_ground(postgres: EmbeddedPostgres, keys: Keys, secrets: Secrets) -> Ground:
    """The same for a whole file, at the same hour."""
    return Ground(postgres, keys, FixedClock(NOON), secrets)
