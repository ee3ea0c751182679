"""What intake tells of a person who agrees that an organisation follows them."""

from datetime import UTC, datetime
from uuid import UUID

from inzira_contracts import codes
from inzira_contracts.intake import ConsentGranted, ConsentWithdrawn

from inzira_platform.casework import PURPOSE
from inzira_platform.ids import new_id

LONG_AGO = datetime(2020, 1, 6, 8, tzinfo=UTC)


def agreement(
    person_id: UUID,
    org: str,
    *,
    valid_from: datetime = LONG_AGO,
    valid_to: datetime | None = None,
    purpose: str = PURPOSE,
    basis: str = "CONSENT",
    consent_id: UUID | None = None,
) -> ConsentGranted:
    """The event of a consent, or a duty, that stands from long ago on unless something else is said."""
    return ConsentGranted(
        person_id=person_id,
        occurred_at=valid_from,
        recorded_by="acc-intake",
        consent_id=consent_id or new_id(),
        purpose=codes.Purpose(purpose),
        recipient=org,
        basis=codes.Basis(basis),
        data_classes=[codes.DataClass.CUSTODY, codes.DataClass.REINTEGRATION],
        agreement_code="SHARE-REINTEGRATION",
        agreement_version=1,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def taken_back(given: ConsentGranted, at: datetime) -> ConsentWithdrawn:
    """The event of its end."""
    return ConsentWithdrawn(
        person_id=given.person_id,
        occurred_at=at,
        recorded_by="acc-intake",
        consent_id=given.consent_id,
        purpose=given.purpose,
        recipient=given.recipient,
        basis=given.basis,
    )
