"""Who is shown no person here does not read where any of them is either.

Revision ID: tvet_0040
Revises: tvet_0030
"""

from alembic import op
from inzira_platform.migrations import hide_reach_from, show_reach_again

revision = "tvet_0040"
down_revision = "tvet_0030"

STRANGERS = ("oversight", "none")


def upgrade() -> None:
    hide_reach_from(op, "tvet", STRANGERS)


def downgrade() -> None:
    show_reach_again(op, "tvet", STRANGERS)
