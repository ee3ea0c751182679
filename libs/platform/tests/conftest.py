"""A sample service, small and real, on which the platform is tested: notes about persons."""

import sys
from pathlib import Path

import pytest
from inzira_platform.service import Service

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def service() -> Service:
    """The sample, in the name of a real service so that its events are in the catalogue."""
    from sample_service import SERVICE

    return SERVICE
