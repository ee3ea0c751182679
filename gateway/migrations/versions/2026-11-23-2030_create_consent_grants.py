"""Create the replica of consents and legal duties, which only the gateway itself reads and writes.

Revision ID: g0020
Revises: g0010
"""

import sqlalchemy as sa
from alembic import op
from inzira_platform.migrations import grant_table

revision = "g0020"
down_revision = "g0010"
branch_labels = None
depends_on = None

GATEWAY = "gateway"


def upgrade() -> None:
    op.create_table(
        "consent_grant",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("basis", "purpose", "recipient")),
        sa.Column("data_classes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("agreement_code", sa.Text(), nullable=True),
        sa.Column("agreement_version", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("valid_to", "withdrawn_at")),
        sa.CheckConstraint("basis IN ('CONSENT', 'LEGAL_DUTY', 'UNKNOWN')", name=op.f("ck_consent_grant_basis")),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_consent_grant")),
    )
    op.create_index("ix_consent_grant_recipient_person_id", "consent_grant", ["recipient", "person_id"])
    op.execute("ALTER TABLE consent_grant ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE consent_grant FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY system ON consent_grant TO gateway_s_system USING (true) WITH CHECK (true)")
    grant_table(op, GATEWAY, "consent_grant", ("system",))


def downgrade() -> None:
    op.drop_table("consent_grant")
