"""Caseworkers and supervisors reach those who agreed to their organisation.

Revision ID: tvet_0010
Revises: tvet_0001
"""

from alembic import op
from inzira_platform.migrations import ask_for_consent, hear_consents_again

revision = "tvet_0010"
down_revision = "tvet_0001"


def upgrade() -> None:
    """The replica and the policies that ask it; intake's journal, published again, brings the consents given before."""
    ask_for_consent(op, "tvet")
    hear_consents_again(op, "tvet")
