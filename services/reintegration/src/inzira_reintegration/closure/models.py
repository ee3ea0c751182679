"""Requests to close a case and what a supervisor decided."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from inzira_reintegration.case.domain import ClosureCode
from inzira_reintegration.closure.domain import ClosureState
from inzira_reintegration.database import Base, moment, one_of


class Closure(Base, table=True):
    """One request; at most one waits per case."""

    __tablename__ = "closure"
    __table_args__ = (
        CheckConstraint(one_of("state", ClosureState), name="state"),
        CheckConstraint(one_of("closure_code", ClosureCode), name="closure_code"),
        Index("uq_closure_waiting", "case_id", unique=True, postgresql_where=text("state = 'REQUESTED'")),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="reintegration_case.id")
    person_id: UUID
    closure_code: str = Field(sa_type=Text)
    closes_on: date
    state: str = Field(sa_type=Text)
    version: int = 1
    requested_at: datetime = Field(sa_column=moment())
    requested_by: str = Field(sa_type=Text)
    decided_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    decided_by: str | None = Field(default=None, sa_type=Text)
    recorded_at: datetime = Field(sa_column=moment())
