"""Invented persons to admit."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from inzira_cli.road.admitting import SECTIONS
from inzira_platform.ids import new_id
from load import Target


def admission(number: int) -> dict[str, Any]:
    """One invented person with a sentence; `number` makes them somebody else."""
    day = date(2021, 1, 4) + timedelta(days=number % 700)
    return {
        "person": {
            "full_name": f"Bench Umuntu{number:09d}",
            "sex": "M",
            "born_on": (date(1960, 1, 1) + timedelta(days=number % 14_000)).isoformat(),
            "rcs_number": f"BEN-{number:09d}",
        },
        "facility": "HUY",
        "admitted_at": datetime(day.year, day.month, day.day, 8, tzinfo=UTC).isoformat(),
        "order": {"number": f"ORD/{number}", "authority": "Huye Intermediate Court"},
        "legal_status": "CONVICTED_FINAL",
        "sections": SECTIONS,
        "sentence": {
            "parts": [{"duration": "P7Y", "starts_on": day.isoformat()}],
            "legal_status": "CONVICTED_FINAL",
        },
    }


def admitting(url: str, headers: dict[str, str]) -> Target:
    """The request that admits somebody new, with a retry key of its own."""
    return Target("POST", url, {**headers, "Idempotency-Key": f"bench-{new_id()}"}, admission(new_id().int % 10**9))


def admitting_many(url: str, headers: dict[str, str], count: int) -> list[Target]:
    """`count` of them under the same token: the gateway too sends an officer's again while it is good."""
    return [admitting(url, headers) for _ in range(count)]
