"""Who is shown no person here does not read where any of them is either.

Revision ID: curriculum_0040
Revises: curriculum_0030
"""

from alembic import op
from inzira_platform.migrations import hide_reach_from, show_reach_again

revision = "curriculum_0040"
down_revision = "curriculum_0030"

STRANGERS = ("oversight", "none")


def upgrade() -> None:
    hide_reach_from(op, "curriculum", STRANGERS)


def downgrade() -> None:
    show_reach_again(op, "curriculum", STRANGERS)
