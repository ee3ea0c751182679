"""Cases on the wire."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from inzira_platform.http import Schema
from pydantic import Field

from inzira_reintegration.case.domain import Consent
from inzira_reintegration.case.models import Case

Sort = Literal["next_due_on", "opened_on", "released_on", "expected_release_on"]


class CaseRead(Schema):
    """A case without what was found at visits. A facility is not shown how intensely a person is followed."""

    id: UUID
    version: int
    person_id: UUID
    previous_case_id: UUID | None
    state: str = Field(description="PRE_RELEASE, FOLLOW_UP or CLOSED")
    trigger: str
    opened_on: date
    expected_release_on: date | None
    released_on: date | None
    facility: str
    district: str | None
    org: str = Field(description="organisation of the responsible worker")
    worker_id: str = Field(description="account of the responsible worker, the last one of a closed case")
    tier: str | None
    lost_contact_on: date | None
    next_due_on: date | None
    closure_code: str | None
    closed_on: date | None
    consent: Consent | None = Field(
        description="for a facility: whether the person's consent to the organisation stands; without it nobody of "
        "that organisation sees the person"
    )

    @classmethod
    def of(cls, case: Case, consents: Mapping[UUID, Consent] | None) -> Self:
        """The case as a worker sees it (None), or as a facility does, which alone is told of consents, by case."""
        shown = {name: getattr(case, name) for name in cls.model_fields if hasattr(case, name)}
        if consents is None:
            return cls(**shown, consent=None)
        shown |= {"tier": None, "lost_contact_on": None, "next_due_on": None}
        return cls(**shown, consent=consents[case.id])


class PendingHandover(Schema):
    """An offer that waits for its answer."""

    id: UUID
    from_worker: str
    to_worker: str
    to_org: str
    state: str
    offered_at: datetime
    accept_by: datetime


class CaseDetail(CaseRead):
    """A case with who accompanies it and what is offered."""

    rcs_worker_id: str | None = None
    handover: PendingHandover | None = None
