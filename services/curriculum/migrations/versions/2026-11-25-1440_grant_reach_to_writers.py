"""Who is seen by whom is written by the service alone: users of every kind only read it.

Revision ID: curriculum_0020
Revises: curriculum_0010
"""

from alembic import op
from inzira_platform.migrations import give_reach_back, keep_reach_from

revision = "curriculum_0020"
down_revision = "curriculum_0010"


def upgrade() -> None:
    keep_reach_from(op, "curriculum")


def downgrade() -> None:
    give_reach_back(op, "curriculum")
