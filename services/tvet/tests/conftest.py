"""The service under test, and the people its tests work with."""

import sys
from pathlib import Path

import pytest
from inzira_platform.service import Service
from inzira_platform.testing.client import Api
from inzira_platform.testing.deliveries import Deliveries
from inzira_tvet.main import SERVICE

sys.path.insert(0, str(Path(__file__).parent))

from tvet_scene import Intake, Workshop


@pytest.fixture(scope="session")
def service() -> Service:
    """The service under test."""
    return SERVICE


@pytest.fixture
def intake(deliveries: Deliveries) -> Intake:
    """Intake, as its events show it."""
    return Intake(deliveries)


@pytest.fixture
def huye(api: Api) -> Workshop:
    """The workshop at Huye."""
    return Workshop(api.as_("tvet_instructor", facility="HUY", sub="acc-instructor-huy"), "HUY")


@pytest.fixture
def musanze(api: Api) -> Workshop:
    """The workshop at Musanze."""
    return Workshop(api.as_("tvet_instructor", facility="MUS", sub="acc-instructor-mus"), "MUS")
