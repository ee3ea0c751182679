"""What the others are told: codes and dates, never who witnessed."""

from datetime import datetime
from typing import Any

from inzira_contracts import codes
from inzira_contracts.intake import ConsentGranted, ConsentWithdrawn

from inzira_intake.consent.models import Consent


def granted(row: Consent) -> ConsentGranted:
    """From the moment the person said so, or the duty was recorded."""
    return ConsentGranted(
        **_about(row),
        occurred_at=row.given_at,
        recorded_by=row.recorded_by,
        data_classes=[codes.DataClass(code) for code in row.data_classes],
        agreement_code=row.agreement_code,
        agreement_version=row.agreement_version,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def withdrawn(row: Consent, at: datetime, by: str) -> ConsentWithdrawn:
    """From this very moment on."""
    return ConsentWithdrawn(**_about(row), occurred_at=at, recorded_by=by)


def _about(row: Consent) -> dict[str, Any]:
    return {
        "person_id": row.person_id,
        "consent_id": row.id,
        "purpose": codes.Purpose(row.purpose),
        "recipient": row.recipient,
        "basis": codes.Basis(row.basis),
    }
