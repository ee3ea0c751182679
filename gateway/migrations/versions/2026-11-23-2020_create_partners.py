"""Create the tables of partners: who they are, their keys, used assertions, and what was done and refused.

Revision ID: g0010
Revises: g0001
"""

import sqlalchemy as sa
from alembic import op
from inzira_platform.migrations import grant_table
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "g0010"
down_revision = "g0001"
branch_labels = None
depends_on = None

GATEWAY = "gateway"


def upgrade() -> None:
    _partner()
    _keys()
    op.create_table(
        "assertion_seen",
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("jti", sa.LargeBinary, primary_key=True),
        _at("expires_at"),
    )
    op.create_table(
        "partner_record",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("client_id", sa.Text, nullable=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("action", "outcome", "reason", "actor")),
        sa.Column("subject", UUID(as_uuid=True), nullable=True),
        sa.Column("request_id", sa.Text, nullable=False),
        _at("at"),
    )
    op.create_index("ix_partner_record_client_id", "partner_record", ["client_id", "at"])
    op.execute(
        "CREATE TRIGGER partner_record_append_only BEFORE UPDATE OR DELETE ON partner_record "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    for table in ("partner", "partner_key", "assertion_seen", "partner_record"):
        grant_table(op, GATEWAY, table, ("system",))


def downgrade() -> None:
    for table in ("partner_record", "assertion_seen", "partner_key", "partner"):
        op.drop_table(table)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _counter(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("1"))


def _partner() -> None:
    op.create_table(
        "partner",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("client_id", "name", "agency", "state")),
        sa.Column("requires_certificate", sa.Boolean, nullable=False),
        sa.Column("quota_per_minute", sa.Integer, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("proposed_by", sa.Text, nullable=False),
        sa.Column("approved_by", sa.Text, nullable=True),
        _at("suspended_at", nullable=True),
        _counter("epoch"),
        _counter("version"),
        _at("created_at"),
        _at("updated_at"),
        sa.UniqueConstraint("client_id", name="uq_partner_client_id"),
        sa.CheckConstraint("state IN ('PROPOSED', 'ACTIVE', 'SUSPENDED')", name="ck_partner_state"),
        sa.CheckConstraint("state <> 'ACTIVE' OR (approved_by IS NOT NULL)", name="ck_partner_approved"),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="ck_partner_two_persons"),
        sa.CheckConstraint("version > 0 AND epoch > 0 AND quota_per_minute > 0", name="ck_partner_counters"),
    )


def _keys() -> None:
    op.create_table(
        "partner_key",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("client_id", "kind", "kid")),
        sa.Column("jwk", JSONB, nullable=True),
        _at("not_after"),
        _at("revoked_at", nullable=True),
        sa.Column("proposed_by", sa.Text, nullable=False),
        sa.Column("approved_by", sa.Text, nullable=True),
        _at("created_at"),
        sa.ForeignKeyConstraint(["client_id"], ["partner.client_id"], name="fk_partner_key_client_id_partner"),
        sa.UniqueConstraint("client_id", "kid", name="uq_partner_key_client_id_kid"),
        sa.CheckConstraint("kind IN ('JWK', 'X5T') AND (kind = 'JWK') = (jwk IS NOT NULL)", name="ck_partner_key_kind"),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="ck_partner_key_two_persons"),
    )
