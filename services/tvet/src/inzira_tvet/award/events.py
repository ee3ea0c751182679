"""Awards as events of the contract; nothing else builds them."""

from inzira_contracts.tvet import AwardGranted
from inzira_platform.clock import kigali_midnight

from inzira_tvet.award.models import Award


def award_granted(row: Award) -> AwardGranted:
    """The event of an award, at its day. It names no place (domain.md 0.9)."""
    return AwardGranted(
        person_id=row.person_id,
        occurred_at=kigali_midnight(row.awarded_on),
        recorded_by=row.recorded_by,
        training_id=row.training_id,
        award_id=row.id,
        programme_code=row.programme_code,
        trade=row.trade,
    )
