"""Who is shown no person here does not read where any of them is either.

Revision ID: reintegration_0040
Revises: reintegration_0030
"""

from alembic import op
from inzira_platform.migrations import hide_reach_from, show_reach_again

revision = "reintegration_0040"
down_revision = "reintegration_0030"

STRANGERS = ("national", "oversight", "none")


def upgrade() -> None:
    hide_reach_from(op, "reintegration", STRANGERS)


def downgrade() -> None:
    show_reach_again(op, "reintegration", STRANGERS)
