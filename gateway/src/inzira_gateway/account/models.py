"""Tables of accounts. A name here is an officer's, never that of a person followed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, DateTime, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from inzira_gateway.database import Base

NOW = text("clock_timestamp()")


def codes() -> Column[list[str]]:
    return Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))


class Account(Base, table=True):
    """One person who signs in. `epoch` grows with every change of role, reach or state."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("state IN ('ACTIVE', 'PENDING', 'DISABLED')", name="state"),
        CheckConstraint("username = lower(username)", name="username_lower"),
        CheckConstraint("version > 0 AND epoch > 0", name="counters"),
    )
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    username: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    display_name: str = Field(sa_column=Column(Text, nullable=False))
    role: str = Field(sa_column=Column(Text, nullable=False))
    agency: str = Field(sa_column=Column(Text, nullable=False))
    org: str | None = Field(default=None, sa_column=Column(Text))
    facilities: list[str] = Field(default_factory=list, sa_column=codes())
    districts: list[str] = Field(default_factory=list, sa_column=codes())
    password_hash: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    requested_by: str = Field(sa_column=Column(Text, nullable=False))
    epoch: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default=text("1")))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default=text("1")))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class AccountChange(Base, table=True):
    """Who changed which account, when, and to what: codes only, never a password."""

    __tablename__ = "account_change"
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    account_id: UUID = Field(sa_column=Column(Uuid, nullable=False, index=True))
    action: str = Field(sa_column=Column(Text, nullable=False))
    changed_by: str = Field(sa_column=Column(Text, nullable=False))
    changed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    facts: dict[str, object] = Field(sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb")))
