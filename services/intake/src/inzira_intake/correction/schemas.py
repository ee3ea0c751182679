"""Corrections on the wire."""

from uuid import UUID

from inzira_platform.http import Schema, ShortText

from inzira_intake.correction.domain import Correctable, Correction, CorrectionReason
from inzira_intake.wire import When


class CorrectionCreate(Schema):
    """Another time for an admission, a movement or a release; without `fact_id` the newest admission or release."""

    fact: Correctable
    fact_id: UUID | None = None
    occurred_at: When
    reason_code: CorrectionReason
    reference: ShortText | None = None

    def as_correction(self) -> Correction:
        """For the use case."""
        return Correction(self.fact, self.occurred_at, self.reason_code, self.fact_id, self.reference)
