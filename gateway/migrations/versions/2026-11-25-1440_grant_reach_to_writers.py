"""Who is seen by whom is written by the gateway alone: users of every kind only read it.

Revision ID: g0090
Revises: g0080
"""

from alembic import op
from inzira_platform.migrations import give_reach_back, keep_reach_from

revision = "g0090"
down_revision = "g0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_reach_from(op, "gateway")


def downgrade() -> None:
    give_reach_back(op, "gateway")
