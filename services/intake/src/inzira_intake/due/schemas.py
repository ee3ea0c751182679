"""The worklist of dates on the wire."""

from datetime import date
from uuid import UUID

from inzira_platform.http import Schema
from pydantic import Field

from inzira_intake.custody.domain import CustodyState, LegalStatus
from inzira_intake.due.domain import DueKind
from inzira_intake.due.service import DueItem


class DueRead(Schema):
    """One date that falls due, or has passed, and how it was computed."""

    person_id: UUID
    episode_id: UUID
    kind: DueKind
    due_on: date
    days_left: int = Field(description="negative when the date has passed")
    milestone: str
    facility: str
    custody_state: CustodyState
    legal_status: LegalStatus
    rule_set: str | None
    needs_second_officer: bool
    explanation: list[str]

    @classmethod
    def of(cls, item: DueItem) -> "DueRead":
        """From the use case."""
        return cls(
            **vars(item.row),
            days_left=item.days_left,
            milestone=item.milestone,
            rule_set=item.rule_set,
            needs_second_officer=item.needs_second_officer,
            explanation=list(item.explanation),
        )
