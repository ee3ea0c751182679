"""From flags to the contract events about them."""

from datetime import datetime

from inzira_contracts.reintegration import FlagChanged, FlagRaised

from inzira_reintegration.flag.domain import FlagState
from inzira_reintegration.flag.models import Flag


def flag_raised(row: Flag) -> FlagRaised:
    """A risk was flagged; what was seen stays here."""
    return FlagRaised(
        person_id=row.person_id,
        occurred_at=row.raised_at,
        recorded_by=row.recorded_by,
        case_id=row.case_id,
        flag_id=row.id,
        level=row.level,
    )


def flag_changed(row: Flag, from_state: FlagState, at: datetime, by: str, reason: str | None = None) -> FlagChanged:
    """The flag moved on; from and to are the same when its clock passed and it went up the chain."""
    return FlagChanged(
        person_id=row.person_id,
        occurred_at=at,
        recorded_by=by,
        reason_code=reason,
        case_id=row.case_id,
        flag_id=row.id,
        level=row.level,
        from_state=from_state.value,
        to_state=row.state,
    )
