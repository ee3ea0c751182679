"""Create webhooks: endpoints, their keys, messages and the delivery log; let partners' repeated requests be known.

Revision ID: g0040
Revises: g0030
"""

import sqlalchemy as sa
from alembic import op
from inzira_platform.migrations import grant_table
from sqlalchemy.dialects.postgresql import UUID

revision = "g0040"
down_revision = "g0030"
branch_labels = None
depends_on = None

GATEWAY = "gateway"
PARTNER = "gateway_s_partner"
TABLES = ("webhook_endpoint", "webhook_key", "webhook_message", "webhook_delivery")


def upgrade() -> None:
    _endpoint()
    _key()
    _message()
    _delivery()
    for table in TABLES:
        grant_table(op, GATEWAY, table, ("system",))
    own = "actor = nullif(current_setting('app.sub', true), '')"
    op.execute(f"GRANT SELECT, INSERT ON idempotency_key TO {PARTNER}")
    op.execute(f"CREATE POLICY partner ON idempotency_key TO {PARTNER} USING ({own}) WITH CHECK ({own})")


def downgrade() -> None:
    op.execute("DROP POLICY partner ON idempotency_key")
    op.execute(f"REVOKE SELECT, INSERT ON idempotency_key FROM {PARTNER}")
    for table in reversed(TABLES):
        op.drop_table(table)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str, *, nullable: bool = False, first: int | None = None) -> sa.Column[int]:
    default = None if first is None else sa.text(str(first))
    return sa.Column(name, sa.Integer, nullable=nullable, server_default=default)


def _id(name: str = "id", *, key: bool = True) -> sa.Column[object]:
    return sa.Column(name, UUID(as_uuid=True), primary_key=key, nullable=False)


def _of_endpoint(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_endpoint_id_webhook_endpoint"
    return sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoint.id"], name=name)


def _endpoint() -> None:
    op.create_table(
        "webhook_endpoint",
        _id(),
        *(_text(name) for name in ("client_id", "url", "purpose", "state")),
        sa.Column("position", sa.BigInteger, nullable=False),
        _number("version", first=1),
        _at("created_at"),
        _at("updated_at"),
        sa.ForeignKeyConstraint(["client_id"], ["partner.client_id"], name="fk_webhook_endpoint_client_id_partner"),
        sa.CheckConstraint("state IN ('ACTIVE', 'DISABLED', 'SUSPENDED', 'DELETED')", name="ck_webhook_endpoint_state"),
        sa.CheckConstraint("version > 0 AND position >= 0", name="ck_webhook_endpoint_counters"),
        sa.CheckConstraint("length(url) <= 500", name="ck_webhook_endpoint_url"),
    )
    op.create_index("ix_webhook_endpoint_client_id", "webhook_endpoint", ["client_id"])
    active = sa.text("state = 'ACTIVE'")
    op.create_index("ix_webhook_endpoint_active", "webhook_endpoint", ["position"], postgresql_where=active)


def _key() -> None:
    op.create_table(
        "webhook_key",
        _id(),
        _id("endpoint_id", key=False),
        sa.Column("public", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        _number("key_version"),
        _at("created_at"),
        _at("ends_at", nullable=True),
        _of_endpoint("webhook_key"),
        sa.CheckConstraint("octet_length(public) = 32", name="ck_webhook_key_public"),
    )
    op.create_index("ix_webhook_key_endpoint_id", "webhook_key", ["endpoint_id"])


def _message() -> None:
    op.create_table(
        "webhook_message",
        _id(),
        _id("endpoint_id", key=False),
        _text("kind"),
        _text("state"),
        _number("rules_version"),
        _number("attempts", first=0),
        _at("next_attempt_at", nullable=True),
        sa.Column("lease", UUID(as_uuid=True), nullable=True),
        _at("lease_until", nullable=True),
        _at("created_at"),
        _at("ended_at", nullable=True),
        _of_endpoint("webhook_message"),
        sa.CheckConstraint("kind IN ('NEWS', 'TEST')", name="ck_webhook_message_kind"),
        sa.CheckConstraint("state IN ('PENDING', 'DELIVERED', 'FAILED', 'CANCELLED')", name="ck_webhook_message_state"),
        sa.CheckConstraint("(lease IS NULL) = (lease_until IS NULL)", name="ck_webhook_message_lease"),
    )
    pending = sa.text("state = 'PENDING'")
    op.create_index(
        "uq_webhook_message_outstanding", "webhook_message", ["endpoint_id", "kind"], unique=True,
        postgresql_where=pending,
    )  # fmt: skip
    op.create_index("ix_webhook_message_due", "webhook_message", ["next_attempt_at"], postgresql_where=pending)
    op.create_index("ix_webhook_message_endpoint_id", "webhook_message", ["endpoint_id", "created_at"])


def _delivery() -> None:
    op.create_table(
        "webhook_delivery",
        _id(),
        _id("message_id", key=False),
        _id("endpoint_id", key=False),
        _text("kind"),
        _number("attempt"),
        _text("outcome"),
        _number("status", nullable=True),
        _number("duration_ms", nullable=True),
        _at("started_at"),
        _at("next_attempt_at", nullable=True),
        _of_endpoint("webhook_delivery"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["webhook_message.id"], name="fk_webhook_delivery_message_id_webhook_message",
            ondelete="CASCADE",
        ),
    )  # fmt: skip
    op.create_index("ix_webhook_delivery_message_id", "webhook_delivery", ["message_id"])
    op.create_index("ix_webhook_delivery_endpoint_id", "webhook_delivery", ["endpoint_id", "id"])
