"""Create released statistics; let grants open them, and keep such grants from opening rows of persons.

Revision ID: g0060
Revises: g0040
"""

import sqlalchemy as sa
from alembic import op
from inzira_platform.migrations import grant_table
from sqlalchemy.dialects.postgresql import UUID

revision = "g0060"
down_revision = "g0040"
branch_labels = None
depends_on = None

GATEWAY = "gateway"
BASIS = (
    "basis IN ('CONSENT', 'LEGAL_DUTY', 'DEIDENTIFIED') AND (basis = 'CONSENT') = (basis_code IS NULL) "
    "AND (route = 'statistics') = (basis = 'DEIDENTIFIED')"
)
OLD_BASIS = "basis IN ('CONSENT', 'LEGAL_DUTY') AND (basis = 'LEGAL_DUTY') = (basis_code IS NOT NULL)"


def upgrade() -> None:
    _releases()
    _cells()
    for table in ("statistic_release", "statistic_cell"):
        grant_table(op, GATEWAY, table, ("system",), "SELECT, INSERT")
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    _checks("route IN ('persons', 'feed', 'statistics')", BASIS)
    _reach(" AND g.route <> 'statistics'")


def downgrade() -> None:
    op.execute("DELETE FROM partner_grant WHERE route = 'statistics'")
    _reach("")
    _checks("route IN ('persons', 'feed')", OLD_BASIS)
    for table in ("statistic_cell", "statistic_release"):
        op.drop_table(table)


def _releases() -> None:
    op.create_table(
        "statistic_release",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("as_known_on", sa.Date, nullable=False),
        sa.Column("is_carried_forward", sa.Boolean, nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("renewed", sa.Integer, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("period", name="uq_statistic_release_period"),
    )


def _cells() -> None:
    op.create_table(
        "statistic_cell",
        sa.Column("release_id", UUID(as_uuid=True), primary_key=True),
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("dimension", "stage", "value")),
        sa.Column("shown", sa.Integer, nullable=True),
        sa.Column("known_on", sa.Date, nullable=True),
        sa.Column("base", sa.Integer, nullable=True),
        sa.Column("was_shown", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["statistic_release.id"], name="fk_statistic_cell_release_id_statistic_release"
        ),
        sa.CheckConstraint("(shown IS NULL) = (known_on IS NULL)", name=op.f("ck_statistic_cell_shown")),
        sa.CheckConstraint("shown IS NULL OR shown >= 5", name=op.f("ck_statistic_cell_not_small")),
    )


def _checks(route: str, basis: str) -> None:
    """Replace the rules of what a grant may open; their names are those the naming convention gave them."""
    for name, rule in (("route", route), ("basis", basis)):
        constraint = f"ck_partner_grant_ck_partner_grant_{name}"
        op.execute(f"ALTER TABLE partner_grant DROP CONSTRAINT {constraint}")
        op.execute(f"ALTER TABLE partner_grant ADD CONSTRAINT {constraint} CHECK ({rule})")


def _reach(further: str) -> None:
    """The partner role's rows of persons: those of a grant that holds, and of none that opens figures alone."""
    kinds = (("districts", "return_district"), ("facilities", "facility"), ("stages", "stage"))
    rows = " AND ".join(
        f"(NOT jsonb_exists(g.row_filter, '{kind}') OR jsonb_exists(g.row_filter -> '{kind}', person_head.{column}))"
        for kind, column in kinds
    )
    op.execute("DROP POLICY partner ON person_head")
    op.execute(
        "CREATE POLICY partner ON person_head TO gateway_s_partner USING (EXISTS (SELECT 1 FROM partner_grant g "  # noqa: S608 - constants
        f"WHERE g.state = 'ACTIVE' AND g.row_filter <> '{{}}'::jsonb{further} AND {rows}))"
    )
