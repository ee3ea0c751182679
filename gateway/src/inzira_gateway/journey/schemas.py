"""The journey on the wire."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from inzira_platform.http import Schema
from pydantic import Field

from inzira_gateway.freshness.schemas import Aged
from inzira_gateway.journey.domain import told_to_facility
from inzira_gateway.journey.models import PersonHead


class RecordedRead(Schema):
    """Who put a fact down; the name only where the caller's agency is the same."""

    by: str
    name: str | None = None
    agency: str | None = None


class CorrectionRead(Schema):
    """A later fact that supersedes the one it stands beside; nothing is overwritten."""

    event_id: UUID
    type: str
    label: str
    occurred_at: datetime
    recorded_at: datetime
    recorded: RecordedRead
    supersedes: UUID
    refs: dict[str, Any]


class EntryRead(Schema):
    """One thing that happened: when it happened, and when and by whom it was put down."""

    event_id: UUID
    source: str
    type: str
    summary_code: str
    label: str
    occurred_at: datetime
    recorded_at: datetime
    recorded: RecordedRead
    supersedes: UUID | None = None
    refs: dict[str, Any] = Field(description="codes and ids; never a name")
    corrections: list[CorrectionRead]


class HeadRead(Schema):
    """Where the person stands."""

    person_id: UUID
    stage: str
    custody_state: str | None
    facility: str | None
    curriculum_state: str | None
    tvet_state: str | None
    case_state: str | None
    worker_id: str | None
    org: str | None
    return_district: str | None
    expected_release_on: date | None
    released_on: date | None
    next_due_on: date | None
    updated_at: datetime

    @classmethod
    def of(cls, head: PersonHead, *, whole: bool, **more: Any) -> Self:  # noqa: ANN401 - fields of a subclass
        """The head as a worker sees it (`whole`), or as a facility does; `more` is what no head holds."""
        told = {name: getattr(head, name) for name in HeadRead.model_fields}
        if not whole:
            told |= {name: told_to_facility(told[name]) for name in ("stage", "case_state")}
            if head.custody_state == "RELEASED":
                told["next_due_on"] = None
        return cls(**told, **more)


class NameRead(Schema):
    """What intake says of who a person is; the gateway passes it on and keeps none of it."""

    full_name: str
    known_names: list[str] = Field(default_factory=list)
    sex: str | None = None
    born_on: date | None = None
    birth_year: int | None = None


def name_read(given: Mapping[str, Any] | None) -> NameRead | None:
    """The name in an answer of intake; fields a newer intake adds are left out."""
    if given is None:
        return None
    return NameRead.model_validate({field: given[field] for field in NameRead.model_fields if field in given})


class JourneyRead(Aged):
    """One person's journey across all services."""

    person: HeadRead
    name: NameRead | None = Field(description="for callers who may see it, while intake answers")
    items: list[EntryRead]
    next_cursor: str | None = None
    language: str
    labels_reviewed: bool = Field(description="false while a native speaker has not reviewed the labels")
