"""Who is shown no person here does not read where any of them is either.

Revision ID: intake_0080
Revises: intake_0070
"""

from alembic import op
from inzira_platform.migrations import hide_reach_from, show_reach_again

revision = "intake_0080"
down_revision = "intake_0070"

STRANGERS = ("national", "none")


def upgrade() -> None:
    hide_reach_from(op, "intake", STRANGERS)


def downgrade() -> None:
    show_reach_again(op, "intake", STRANGERS)
