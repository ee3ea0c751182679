"""Whoever opens something for a person holds them meanwhile: where they are is not changed before it is stored.

Revision ID: tvet_0050
Revises: tvet_0040
"""

from alembic import op
from inzira_platform.migrations import let_go, let_hold

revision = "tvet_0050"
down_revision = "tvet_0040"


def upgrade() -> None:
    let_hold(op, "tvet", "participant", ("facility",))


def downgrade() -> None:
    let_go(op, "tvet", "participant", ("facility",))
