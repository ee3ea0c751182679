"""The service under test, and who acts in its tests."""

import sys
from pathlib import Path

import pytest
from inzira_curriculum.main import SERVICE
from inzira_platform.service import Service
from inzira_platform.testing.client import Api
from inzira_platform.testing.deliveries import Deliveries

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode leaves the scene out of reach of the tests

from curriculum_scene import Custody, Office


@pytest.fixture(scope="session")
def service() -> Service:
    """The service under test."""
    return SERVICE


@pytest.fixture
def custody(deliveries: Deliveries) -> Custody:
    """Intake's voice."""
    return Custody(deliveries)


@pytest.fixture
def office(api: Api) -> Office:
    """An officer of Huye."""
    return Office(api)
