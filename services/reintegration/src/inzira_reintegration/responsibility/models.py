"""Assignments and handovers. The partial unique indexes keep two from ever being responsible at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from inzira_reintegration.database import Base, moment, one_of
from inzira_reintegration.responsibility.domain import HandoverState, Reason, Role

WAITING = text("state IN ('OFFERED', 'ESCALATED')")


class Assignment(Base, table=True):
    """Somebody's time with a case; the live PRIMARY one is the responsible worker."""

    __tablename__ = "worker_assignment"
    __table_args__ = (
        CheckConstraint(one_of("role", Role), name="role"),
        CheckConstraint(one_of("reason", Reason), name="reason"),
        Index(
            "uq_worker_assignment_live",
            "case_id",
            "role",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_worker_assignment_case_id", "case_id"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="reintegration_case.id")
    person_id: UUID
    worker_id: str = Field(sa_type=Text)
    org: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    started_at: datetime = Field(sa_column=moment())
    ended_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)


class Handover(Base, table=True):
    """An offer of a case from one worker to another, and its answer."""

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint(one_of("state", HandoverState), name="state"),
        CheckConstraint("from_worker <> to_worker", name="between_two"),
        Index("uq_handover_waiting", "case_id", unique=True, postgresql_where=WAITING),
        Index("ix_handover_case_id", "case_id"),
        Index("ix_handover_to_worker", "to_worker", postgresql_where=WAITING),
        Index("ix_handover_accept_by", "accept_by", postgresql_where=text("state = 'OFFERED'")),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="reintegration_case.id")
    person_id: UUID
    from_worker: str = Field(sa_type=Text)
    from_org: str = Field(sa_type=Text)
    to_worker: str = Field(sa_type=Text)
    to_org: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    reason_code: str | None = Field(default=None, sa_type=Text)
    offered_at: datetime = Field(sa_column=moment())
    accept_by: datetime = Field(sa_column=moment())
    decided_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    decided_by: str | None = Field(default=None, sa_type=Text)
    version: int = 1
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)
