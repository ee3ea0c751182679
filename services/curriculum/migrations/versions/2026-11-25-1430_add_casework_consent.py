"""Caseworkers and supervisors reach those who agreed to their organisation.

Revision ID: curriculum_0010
Revises: curriculum_0001
"""

from alembic import op
from inzira_platform.migrations import ask_for_consent, hear_consents_again

revision = "curriculum_0010"
down_revision = "curriculum_0001"


def upgrade() -> None:
    """The replica and the policies that ask it; intake's journal, published again, brings the consents given before."""
    ask_for_consent(op, "curriculum")
    hear_consents_again(op, "curriculum")
