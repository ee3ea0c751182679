"""Caseworkers and supervisors reach those who agreed to their organisation; the ledger says who did.

Revision ID: intake_0040
Revises: intake_0030
"""

from alembic import op
from inzira_platform.migrations import ask_for_consent, fill_consents

revision = "intake_0040"
down_revision = "intake_0030"


def upgrade() -> None:
    """The replica beside the ledger, filled from it, and the policies that ask it."""
    ask_for_consent(op, "intake")
    fill_consents(op, "consent", "id", "withdrawn_at")
