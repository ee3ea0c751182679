"""The gateway tells no events, and writes its ledger itself: of its users only those who oversee repeat a request.

Revision ID: g0100
Revises: g0090
"""

from alembic import op
from inzira_platform.migrations import REPEATS, give_journal_back, keep_journal_from

revision = "g0100"
down_revision = "g0090"
branch_labels = None
depends_on = None

ACTS = {
    "oversight": (REPEATS,),
    "none": (REPEATS,),
}


def upgrade() -> None:
    keep_journal_from(op, "gateway", ACTS)


def downgrade() -> None:
    give_journal_back(op, "gateway", ACTS)
