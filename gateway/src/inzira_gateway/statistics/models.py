"""Releases and their numbers. Only ever appended to: a release answers the same for ever."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Column, Date, DateTime, ForeignKey, Integer, Text, Uuid
from sqlmodel import Field

from inzira_gateway.database import Base


class StatisticRelease(Base, table=True):
    """The figures of one month, of all cubes, as known on one day."""

    __tablename__ = "statistic_release"
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    period: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    as_known_on: date = Field(sa_column=Column(Date, nullable=False))
    is_carried_forward: bool = Field(sa_column=Column(Boolean, nullable=False))
    shown: int = Field(sa_column=Column(Integer, nullable=False))
    renewed: int = Field(sa_column=Column(Integer, nullable=False))
    made_by: str = Field(sa_column=Column(Text, nullable=False))
    made_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class StatisticCell(Base, table=True):
    """One number of a release: what is shown and since when, and what the next release must know of it.

    `base` is what the cell held at the last release that showed its parent's number; only the gateway reads it.
    """

    __tablename__ = "statistic_cell"
    __table_args__ = (
        CheckConstraint("(shown IS NULL) = (known_on IS NULL)", name="shown"),
        CheckConstraint("shown IS NULL OR shown >= 5", name="not_small"),
    )
    release_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("statistic_release.id"), primary_key=True))
    dimension: str = Field(sa_column=Column(Text, primary_key=True))
    stage: str = Field(sa_column=Column(Text, primary_key=True))
    value: str = Field(sa_column=Column(Text, primary_key=True))
    shown: int | None = Field(default=None, sa_column=Column(Integer))
    known_on: date | None = Field(default=None, sa_column=Column(Date))
    base: int | None = Field(default=None, sa_column=Column(Integer))
    was_shown: bool = Field(sa_column=Column(Boolean, nullable=False))
