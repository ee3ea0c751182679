"""Tables of sessions and of their refresh tokens, of which only a hash is kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, Integer, LargeBinary, Text, Uuid
from sqlmodel import Field

from inzira_gateway.database import Base


class Session(Base, table=True):
    """One sign-in and the family of refresh tokens that came of it."""

    __tablename__ = "session"
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    account_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("account.id"), nullable=False, index=True))
    started_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    revoked_because: str | None = Field(default=None, sa_column=Column(Text))


class RefreshToken(Base, table=True):
    """A refresh token of a session: good once."""

    __tablename__ = "refresh_token"
    digest: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    session_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("session.id"), nullable=False, index=True))
    issued_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class LoginAttempt(Base, table=True):
    """Wrong passwords in a row, by a hash of the user name typed: kept alike for names that exist and that do not."""

    __tablename__ = "login_attempt"
    name_digest: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    failures: int = Field(sa_column=Column(Integer, nullable=False))
    last_failure_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
