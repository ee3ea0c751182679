"""The service under test, and who works with it."""

import sys
from pathlib import Path

import pytest
from inzira_platform.service import Service
from inzira_platform.testing.client import Api
from inzira_platform.testing.deliveries import Deliveries
from inzira_reintegration.main import SERVICE

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode leaves the scene out of reach of the tests

from reintegration_scene import Intake, Office


@pytest.fixture(scope="session")
def service() -> Service:
    """The service under test."""
    return SERVICE


@pytest.fixture
def intake(deliveries: Deliveries) -> Intake:
    """Intake, as its events show it."""
    return Intake(deliveries)


@pytest.fixture
def office(api: Api) -> Office:
    """The organisation that serves Huye."""
    return Office(api)
