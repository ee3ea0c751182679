"""Tables of partners: who they are, what they prove themselves with, and what was done and refused."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from inzira_gateway.database import Base


def at(*, nullable: bool = True) -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=nullable)


class Partner(Base, table=True):
    """One system of one agency. `epoch` grows with whatever must end the tokens in flight."""

    __tablename__ = "partner"
    __table_args__ = (
        CheckConstraint("state IN ('PROPOSED', 'ACTIVE', 'SUSPENDED')", name="state"),
        CheckConstraint("state <> 'ACTIVE' OR (approved_by IS NOT NULL)", name="approved"),
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="two_persons"),
        CheckConstraint("version > 0 AND epoch > 0 AND quota_per_minute > 0", name="counters"),
    )
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    client_id: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    agency: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    requires_certificate: bool = Field(sa_column=Column(Boolean, nullable=False))
    quota_per_minute: int = Field(sa_column=Column(Integer, nullable=False))
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    proposed_by: str = Field(sa_column=Column(Text, nullable=False))
    approved_by: str | None = Field(default=None, sa_column=Column(Text))
    suspended_at: datetime | None = Field(default=None, sa_column=at())
    epoch: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default=text("1")))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default=text("1")))
    created_at: datetime = Field(sa_column=at(nullable=False))
    updated_at: datetime = Field(sa_column=at(nullable=False))


class PartnerKey(Base, table=True):
    """A public key or the thumbprint of a certificate; usable once approved, until it ends or is revoked."""

    __tablename__ = "partner_key"
    __table_args__ = (
        UniqueConstraint("client_id", "kid", name="uq_partner_key_client_id_kid"),
        CheckConstraint("kind IN ('JWK', 'X5T') AND (kind = 'JWK') = (jwk IS NOT NULL)", name="kind"),
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="two_persons"),
    )
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    client_id: str = Field(sa_column=Column(Text, ForeignKey("partner.client_id"), nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    kid: str = Field(sa_column=Column(Text, nullable=False))
    jwk: dict[str, str] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    not_after: datetime = Field(sa_column=at(nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=at())
    proposed_by: str = Field(sa_column=Column(Text, nullable=False))
    approved_by: str | None = Field(default=None, sa_column=Column(Text))
    created_at: datetime = Field(sa_column=at(nullable=False))


class AssertionSeen(Base, table=True):
    """An assertion that was used; kept until it would have ended by itself."""

    __tablename__ = "assertion_seen"
    client_id: str = Field(sa_column=Column(Text, primary_key=True))
    jti: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    expires_at: datetime = Field(sa_column=at(nullable=False))


class PartnerRecord(Base, table=True):
    """What was done about a partner and what it was refused: codes only. Only ever appended to."""

    __tablename__ = "partner_record"
    __table_args__ = (Index("ix_partner_record_client_id", "client_id", "at"),)
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    client_id: str | None = Field(default=None, sa_column=Column(Text))
    action: str = Field(sa_column=Column(Text, nullable=False))
    outcome: str = Field(sa_column=Column(Text, nullable=False))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    actor: str = Field(sa_column=Column(Text, nullable=False))
    subject: UUID | None = Field(default=None, sa_column=Column(Uuid))
    request_id: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
