"""Create grants, pairwise ids and the feed; let partners read heads and entries inside their grants' rows.

Revision ID: g0030
Revises: g0020
"""

import sqlalchemy as sa
from alembic import op
from inzira_platform.migrations import grant_table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

revision = "g0030"
down_revision = "g0020"
branch_labels = None
depends_on = None

GATEWAY = "gateway"
PARTNER = "gateway_s_partner"
ME = "nullif(current_setting('app.sub', true), '')"


def upgrade() -> None:
    _grants()
    _pairwise()
    _feed()
    for table in ("partner_grant", "pairwise", "feed_subject", "feed_event", "feed_counter"):
        grant_table(op, GATEWAY, table, ("system",))
    _reach()


def downgrade() -> None:
    for table in ("journey_entry", "person_head"):
        op.execute(f"DROP POLICY partner ON {table}")
    op.execute("REVOKE SELECT ON person_head, journey_entry, projection FROM gateway_s_partner")
    for table in ("feed_event", "feed_counter", "feed_subject", "pairwise", "partner_grant"):
        op.drop_table(table)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _id(name: str = "id") -> sa.Column[object]:
    return sa.Column(name, UUID(as_uuid=True), primary_key=True)


def _grants() -> None:
    basis = "basis IN ('CONSENT', 'LEGAL_DUTY') AND (basis = 'LEGAL_DUTY') = (basis_code IS NOT NULL)"
    op.create_table(
        "partner_grant",
        _id(),
        _text("client_id"),
        _text("route"),
        sa.Column("row_filter", JSONB, nullable=False),
        _text("view"),
        sa.Column("view_version", sa.Integer, nullable=False),
        sa.Column("purposes", ARRAY(sa.Text), nullable=False),
        _text("basis"),
        _text("basis_code", nullable=True),
        _text("agreement"),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False),
        _text("state"),
        _text("proposed_by"),
        _text("approved_by", nullable=True),
        _at("suspended_at", nullable=True),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
        _at("created_at"),
        sa.ForeignKeyConstraint(["client_id"], ["partner.client_id"], name="fk_partner_grant_client_id_partner"),
        sa.CheckConstraint("state IN ('PROPOSED', 'ACTIVE', 'SUSPENDED')", name="ck_partner_grant_state"),
        sa.CheckConstraint("route IN ('persons', 'feed')", name="ck_partner_grant_route"),
        sa.CheckConstraint("jsonb_typeof(row_filter) = 'object'", name="ck_partner_grant_row_filter"),
        sa.CheckConstraint("cardinality(purposes) > 0", name="ck_partner_grant_purposes"),
        sa.CheckConstraint(basis, name="ck_partner_grant_basis"),
        sa.CheckConstraint("valid_from <= valid_to", name="ck_partner_grant_dates"),
        sa.CheckConstraint("state <> 'ACTIVE' OR (approved_by IS NOT NULL)", name="ck_partner_grant_approved"),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="ck_partner_grant_two_persons"),
    )
    op.create_index("ix_partner_grant_client_id", "partner_grant", ["client_id"])


def _pairwise() -> None:
    op.create_table(
        "pairwise",
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("pid", sa.Text, primary_key=True),
        sa.Column("person_id", UUID(as_uuid=True), nullable=False),
        sa.UniqueConstraint("client_id", "person_id", name="uq_pairwise_client_id_person_id"),
        sa.ForeignKeyConstraint(["client_id"], ["partner.client_id"], name="fk_pairwise_client_id_partner"),
    )


def _feed() -> None:
    op.create_table(
        "feed_subject",
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("purpose", sa.Text, primary_key=True),
        _id("person_id"),
        sa.Column("since_offset", sa.BigInteger, nullable=False),
        sa.Column("left_offset", sa.BigInteger, nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["partner.client_id"], name="fk_feed_subject_client_id_partner"),
    )
    op.create_table(
        "feed_counter",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("pruned", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO feed_counter (id, last, pruned) VALUES (1, 0, 0)")
    op.create_table(
        "feed_event",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("person_id", UUID(as_uuid=True), nullable=False),
        sa.Column("client_id", sa.Text, nullable=True),
        sa.Column("changed", ARRAY(sa.Text), nullable=False),
        _at("at"),
    )
    op.create_index("ix_feed_event_at", "feed_event", ["at"])


def _reach() -> None:
    """A partner's role sees its own grants, and heads in the rows of one that holds: the net under the queries."""
    op.execute("ALTER TABLE partner_grant ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE partner_grant FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY system ON partner_grant TO gateway_s_system USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY partner ON partner_grant TO {PARTNER} USING (client_id = {ME})")
    op.execute(f"GRANT SELECT ON partner_grant, person_head, journey_entry, projection TO {PARTNER}")
    kinds = (("districts", "return_district"), ("facilities", "facility"), ("stages", "stage"))
    rows = " AND ".join(
        f"(NOT jsonb_exists(g.row_filter, '{kind}') OR jsonb_exists(g.row_filter -> '{kind}', person_head.{column}))"
        for kind, column in kinds
    )
    op.execute(
        f"CREATE POLICY partner ON person_head TO {PARTNER} USING (EXISTS (SELECT 1 FROM partner_grant g "  # noqa: S608 - constants
        f"WHERE g.state = 'ACTIVE' AND g.row_filter <> '{{}}'::jsonb AND {rows}))"
    )
    op.execute(
        "CREATE POLICY partner ON journey_entry TO gateway_s_partner USING (EXISTS (SELECT 1 FROM person_head h "
        "WHERE h.generation = journey_entry.generation AND h.person_id = journey_entry.person_id))"
    )
