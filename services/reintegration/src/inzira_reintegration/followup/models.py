"""Items on a schedule."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from inzira_reintegration.database import Base, moment, one_of
from inzira_reintegration.followup.domain import DueKind, DueState, Level

PENDING = "state IN ('DUE', 'OVERDUE')"


class DueItem(Base, table=True):
    """One thing that is due. Moved items are cancelled with their cause and put on again as a new row."""

    __tablename__ = "due_item"
    __table_args__ = (
        CheckConstraint(one_of("kind", DueKind), name="kind"),
        CheckConstraint(one_of("state", DueState), name="state"),
        CheckConstraint(one_of("escalation", Level), name="escalation"),
        CheckConstraint("earliest_on <= due_on AND due_on <= latest_on", name="window"),
        Index(
            "uq_due_item_live",
            "case_id",
            "kind",
            "code",
            unique=True,
            postgresql_where=text("state <> 'CANCELLED' AND kind <> 'PROTOCOL'"),
        ),
        Index("ix_due_item_case_id", "case_id"),
        Index("ix_due_item_pending", "latest_on", postgresql_where=text(PENDING)),
        Index("ix_due_item_person_id", "person_id", "due_on", postgresql_where=text(PENDING)),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="reintegration_case.id")
    person_id: UUID
    kind: str = Field(sa_type=Text)
    code: str = Field(sa_type=Text)
    earliest_on: date
    due_on: date
    latest_on: date
    accepts: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    review: bool
    optional: bool
    state: str = Field(sa_type=Text)
    cause: str = Field(sa_type=Text)
    cancelled_cause: str | None = Field(default=None, sa_type=Text)
    escalation: str = Field(sa_type=Text)
    known_on: date
    done_on: date | None = None
    outcome_code: str | None = Field(default=None, sa_type=Text)
    checklist: dict[str, str] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    recorded_by: str | None = Field(default=None, sa_type=Text)
    updated_at: datetime = Field(sa_column=moment())
