"""Officers, workers and supervisors write what happened; administrators repeat a request, and nobody else writes.

Revision ID: reintegration_0030
Revises: reintegration_0020
"""

from alembic import op
from inzira_platform.migrations import EMITS, REPEATS, give_journal_back, keep_journal_from

revision = "reintegration_0030"
down_revision = "reintegration_0020"

ACTS = {
    "facility": (EMITS, REPEATS),
    "caseload": (EMITS, REPEATS),
    "org": (EMITS, REPEATS),
    "none": (REPEATS,),
}


def upgrade() -> None:
    keep_journal_from(op, "reintegration", ACTS)


def downgrade() -> None:
    give_journal_back(op, "reintegration", ACTS)
