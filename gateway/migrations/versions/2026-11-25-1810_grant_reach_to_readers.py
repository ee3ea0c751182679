"""Who is shown no person here does not read where any of them is either.

Revision ID: g0110
Revises: g0100
"""

from alembic import op
from inzira_platform.migrations import hide_reach_from, show_reach_again

revision = "g0110"
down_revision = "g0100"
branch_labels = None
depends_on = None

STRANGERS = ("none",)


def upgrade() -> None:
    hide_reach_from(op, "gateway", STRANGERS)


def downgrade() -> None:
    show_reach_again(op, "gateway", STRANGERS)
