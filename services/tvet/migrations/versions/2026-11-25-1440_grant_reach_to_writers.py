"""Who is seen by whom is written by the service alone: users of every kind only read it.

Revision ID: tvet_0020
Revises: tvet_0010
"""

from alembic import op
from inzira_platform.migrations import give_reach_back, keep_reach_from

revision = "tvet_0020"
down_revision = "tvet_0010"


def upgrade() -> None:
    keep_reach_from(op, "tvet")


def downgrade() -> None:
    give_reach_back(op, "tvet")
