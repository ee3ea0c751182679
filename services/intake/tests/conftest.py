"""The service under test, with a key of its own for identifiers."""

import base64
import sys
from pathlib import Path
from typing import Any

import pytest
from inzira_intake.main import SERVICE
from inzira_platform.service import Service

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode leaves the scene out of reach of the tests


@pytest.fixture(scope="session")
def service() -> Service:
    """Intake."""
    return SERVICE


@pytest.fixture(scope="session")
def extra_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The field key."""
    file = tmp_path_factory.mktemp("field") / "field.key"
    file.write_text(base64.b64encode(bytes(range(32))).decode())
    return {"field_key_file": file}
