"""Whoever opens something for a person holds them meanwhile: where they are is not changed before it is stored.

Revision ID: curriculum_0050
Revises: curriculum_0040
"""

from alembic import op
from inzira_platform.migrations import let_go, let_hold

revision = "curriculum_0050"
down_revision = "curriculum_0040"


def upgrade() -> None:
    let_hold(op, "curriculum", "participant", ("facility",))


def downgrade() -> None:
    let_go(op, "curriculum", "participant", ("facility",))
