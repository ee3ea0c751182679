"""The sample's tables."""

import sqlalchemy as sa
from alembic import op
from inzira_platform.migrations import create_platform_tables, protect

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    create_platform_tables(op, "tvet")
    op.create_table(
        "note",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, unique=True),
    )
    protect(op, "tvet", "note")
