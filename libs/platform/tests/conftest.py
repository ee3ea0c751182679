"""A sample service, small and real, on which the platform is tested: notes about persons."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from inzira_platform.embedded import EmbeddedBroker, free_port
from inzira_platform.service import Service

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def service() -> Service:
    """The sample, in the name of a real service so that its events are in the catalogue."""
    from sample_service import SERVICE

    return SERVICE


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    """One of this test's own: its log holds this test's history alone, and each start begins with an empty one."""
    server = EmbeddedBroker(free_port(), tmp_path / "broker")
    server.start()
    yield server
    server.stop()
