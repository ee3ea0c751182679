"""What officers of these tests send."""

from typing import Any


def release_plan(day: str) -> dict[str, Any]:
    """The body of a release at ten in the morning of the day the sentence ends."""
    return {
        "reason": "SENTENCE_EXPIRED",
        "order_number": "REL/1",
        "order_authority": "Invented director",
        "released_at": f"{day}T10:00:00+02:00",
        "verified_end_on": day,
        "property_return": "RETURNED",
        "file_copy": "GIVEN",
        "checklist": {"id_documents": "YES", "means_to_travel": "YES"},
    }
