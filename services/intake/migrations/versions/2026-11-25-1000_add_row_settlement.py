"""Add the settlement of register rows: what an officer found stands beside what the import answered.

Revision ID: intake_0030
Revises: intake_0020
"""

import sqlalchemy as sa
from alembic import op

revision = "intake_0030"
down_revision = "intake_0020"


def upgrade() -> None:
    """Three columns, all empty or all given; the roles' rights on the table stay."""
    op.add_column("register_row", sa.Column("settled_as", sa.Text(), nullable=True))
    op.add_column("register_row", sa.Column("settled_by", sa.Text(), nullable=True))
    op.add_column("register_row", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_register_row_settled"),
        "register_row",
        "settled_as IS NULL OR (outcome = 'review' AND settled_by IS NOT NULL AND settled_at IS NOT NULL "
        "AND settled_as IN ('SOMEBODY_ELSE', 'SAME_PERSON', 'CAME_BACK', 'NOT_ADMITTED'))",
    )
