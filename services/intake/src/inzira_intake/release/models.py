"""The release order: prepared by one officer, approved by another."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from inzira_intake.custody.domain import Supervision
from inzira_intake.database import Base, moment, one_of
from inzira_intake.release.domain import FileCopy, OrderState, PropertyReturn, ReleaseReason


class ReleaseOrder(Base, table=True):
    """One order; at most one of an episode waits for approval."""

    __tablename__ = "release_order"
    __table_args__ = (
        one_of("state", OrderState),
        one_of("reason", ReleaseReason),
        one_of("property_return", PropertyReturn),
        one_of("file_copy", FileCopy),
        one_of("supervision", Supervision),
        CheckConstraint("(state = 'APPROVED') = (approved_by IS NOT NULL)", name="approved"),
        CheckConstraint("approved_by IS NULL OR approved_by <> prepared_by", name="two_persons"),
        Index(
            "uq_release_order_prepared",
            "episode_id",
            unique=True,
            postgresql_where=text("state = 'PREPARED'"),
        ),
        Index("ix_release_order_person_id", "person_id"),
    )

    id: UUID = Field(primary_key=True)
    episode_id: UUID = Field(foreign_key="episode.id")
    person_id: UUID
    state: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    order_number: str = Field(sa_type=Text)
    order_authority: str = Field(sa_type=Text)
    released_at: datetime = Field(sa_column=moment())
    verified_end_on: date | None = None
    property_return: str = Field(sa_type=Text)
    file_copy: str = Field(sa_type=Text)
    checklist: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    supervision: str = Field(sa_type=Text)
    return_district: str | None = Field(default=None, sa_type=Text)
    prepared_by: str = Field(sa_type=Text)
    prepared_at: datetime = Field(sa_column=moment())
    approved_by: str | None = Field(default=None, sa_type=Text)
    approved_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    version: int = 1
