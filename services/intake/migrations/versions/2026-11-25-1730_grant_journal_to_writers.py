"""Officers, workers, supervisors and the protection officer write what happened; administrators repeat a request.

Revision ID: intake_0070
Revises: intake_0060
"""

from alembic import op
from inzira_platform.migrations import EMITS, REPEATS, give_journal_back, keep_journal_from

revision = "intake_0070"
down_revision = "intake_0060"

ACTS = {
    "facility": (EMITS, REPEATS),
    "caseload": (EMITS, REPEATS),
    "org": (EMITS, REPEATS),
    "oversight": (EMITS, REPEATS),
    "none": (REPEATS,),
}


def upgrade() -> None:
    keep_journal_from(op, "intake", ACTS)


def downgrade() -> None:
    give_journal_back(op, "intake", ACTS)
