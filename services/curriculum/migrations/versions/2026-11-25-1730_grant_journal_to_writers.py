"""Officers write what happened; whoever else reads persons leaves a record of it, and nothing more.

Revision ID: curriculum_0030
Revises: curriculum_0020
"""

from alembic import op
from inzira_platform.migrations import EMITS, RECORDS, REPEATS, give_journal_back, keep_journal_from

revision = "curriculum_0030"
down_revision = "curriculum_0020"

ACTS = {
    "facility": (EMITS, REPEATS),
    "caseload": (RECORDS,),
    "org": (RECORDS,),
    "national": (RECORDS,),
    "none": (REPEATS,),
}


def upgrade() -> None:
    keep_journal_from(op, "curriculum", ACTS)


def downgrade() -> None:
    give_journal_back(op, "curriculum", ACTS)
