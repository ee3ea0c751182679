"""Who is seen by whom is written by the service, and by officers who admit somebody new to their own facility.

Revision ID: intake_0050
Revises: intake_0040
"""

from alembic import op
from inzira_platform.migrations import give_reach_back, keep_reach_from

revision = "intake_0050"
down_revision = "intake_0040"


def upgrade() -> None:
    """Somebody new is a new row; whoever is known already is brought into reach by the service itself."""
    keep_reach_from(op, "intake", {"facility": "INSERT"})


def downgrade() -> None:
    give_reach_back(op, "intake")
