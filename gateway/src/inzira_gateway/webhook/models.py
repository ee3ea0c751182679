"""Tables of webhooks: endpoints, the keys they are signed with, messages, and every attempt to deliver one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    text,
)
from sqlmodel import Field

from inzira_gateway.database import Base


def at(*, nullable: bool = True) -> Column[datetime]:
    return Column(DateTime(timezone=True), nullable=nullable)


class WebhookEndpoint(Base, table=True):
    """Where a partner is woken for the feed of one purpose; `position` is how far the feed was looked through."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        CheckConstraint("state IN ('ACTIVE', 'DISABLED', 'SUSPENDED', 'DELETED')", name="state"),
        CheckConstraint("version > 0 AND position >= 0", name="counters"),
        CheckConstraint("length(url) <= 500", name="url"),
        Index("ix_webhook_endpoint_active", "position", postgresql_where=text("state = 'ACTIVE'")),
    )
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    client_id: str = Field(sa_column=Column(Text, ForeignKey("partner.client_id"), nullable=False, index=True))
    url: str = Field(sa_column=Column(Text, nullable=False))
    purpose: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    position: int = Field(sa_column=Column(BigInteger, nullable=False))
    version: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default=text("1")))
    created_at: datetime = Field(sa_column=at(nullable=False))
    updated_at: datetime = Field(sa_column=at(nullable=False))


class WebhookKey(Base, table=True):
    """A key pair of one endpoint. The private half is encrypted, and gone once the key has ended."""

    __tablename__ = "webhook_key"
    __table_args__ = (CheckConstraint("octet_length(public) = 32", name="public"),)
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    endpoint_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("webhook_endpoint.id"), nullable=False, index=True))
    public: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    key_version: int = Field(sa_column=Column(Integer, nullable=False))
    created_at: datetime = Field(sa_column=at(nullable=False))
    ends_at: datetime | None = Field(default=None, sa_column=at())


class WebhookMessage(Base, table=True):
    """Something to be said to an endpoint; one of a kind is outstanding at a time."""

    __tablename__ = "webhook_message"
    __table_args__ = (
        CheckConstraint("kind IN ('NEWS', 'TEST')", name="kind"),
        CheckConstraint("state IN ('PENDING', 'DELIVERED', 'FAILED', 'CANCELLED')", name="state"),
        CheckConstraint("(lease IS NULL) = (lease_until IS NULL)", name="lease"),
        Index(
            "uq_webhook_message_outstanding",
            "endpoint_id",
            "kind",
            unique=True,
            postgresql_where=text("state = 'PENDING'"),
        ),
        Index("ix_webhook_message_due", "next_attempt_at", postgresql_where=text("state = 'PENDING'")),
        Index("ix_webhook_message_endpoint_id", "endpoint_id", "created_at"),
    )
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    endpoint_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("webhook_endpoint.id"), nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    rules_version: int = Field(sa_column=Column(Integer, nullable=False))
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default=text("0")))
    next_attempt_at: datetime | None = Field(default=None, sa_column=at())
    lease: UUID | None = Field(default=None, sa_column=Column(Uuid))
    lease_until: datetime | None = Field(default=None, sa_column=at())
    created_at: datetime = Field(sa_column=at(nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=at())


class WebhookDelivery(Base, table=True):
    """One attempt: what came of it and when the next one is due; nothing of what the receiver said but its status."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index("ix_webhook_delivery_endpoint_id", "endpoint_id", "id"),)
    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    message_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("webhook_message.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    endpoint_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("webhook_endpoint.id"), nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    attempt: int = Field(sa_column=Column(Integer, nullable=False))
    outcome: str = Field(sa_column=Column(Text, nullable=False))
    status: int | None = Field(default=None, sa_column=Column(Integer))
    duration_ms: int | None = Field(default=None, sa_column=Column(Integer))
    started_at: datetime = Field(sa_column=at(nullable=False))
    next_attempt_at: datetime | None = Field(default=None, sa_column=at())
