"""Intake answers as its OpenAPI document says, whatever it is asked."""

from fleet import Ground
from openapi_runs import keeps_its_contract


async def test_intake_keeps_its_contract(ground: Ground) -> None:
    """No 5xx, nothing undocumented, nothing echoed."""
    await keeps_its_contract(ground, "intake")
