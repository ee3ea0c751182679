"""Events about who a person is: which details changed, never what they are."""

from datetime import datetime

from inzira_contracts.intake import PersonUpdated

from inzira_intake.person.models import Person


def updated(person: Person, changed: list[str], *, at: datetime, by: str) -> PersonUpdated:
    """`changed` are field names."""
    return PersonUpdated(
        person_id=person.person_id,
        occurred_at=at,
        recorded_by=by,
        changed=changed,
        return_district=person.return_district,
    )
