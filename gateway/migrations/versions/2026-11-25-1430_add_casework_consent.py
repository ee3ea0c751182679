"""Caseworkers and supervisors reach those who agreed to their organisation; the replica of consents says who did.

Revision ID: g0080
Revises: g0070
"""

from alembic import op
from inzira_platform.migrations import ask_for_consent, fill_consents, stop_asking_for_consent

revision = "g0080"
down_revision = "g0070"
branch_labels = None
depends_on = None

GATEWAY = "gateway"


def upgrade() -> None:
    ask_for_consent(op, GATEWAY)
    fill_consents(op, "consent_grant", "consent_id", "withdrawn_at")


def downgrade() -> None:
    stop_asking_for_consent(op)
