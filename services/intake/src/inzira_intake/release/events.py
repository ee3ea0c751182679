"""The event that ends custody by release."""

from inzira_contracts.codes import ReleaseReason, Supervision
from inzira_contracts.intake import PersonReleased

from inzira_intake.custody.timeline import local_day
from inzira_intake.release.models import ReleaseOrder


def released(order: ReleaseOrder, facility: str, by: str) -> PersonReleased:
    """`by` is the second officer, whose approval released the person."""
    return PersonReleased(
        person_id=order.person_id,
        occurred_at=order.released_at,
        recorded_by=by,
        episode_id=order.episode_id,
        facility=facility,
        release_reason=ReleaseReason(order.reason),
        released_on=local_day(order.released_at),
        supervision=Supervision(order.supervision),
        return_district=order.return_district,
    )
