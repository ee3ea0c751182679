"""The sample asks for consent, as every service does."""

from alembic import op
from inzira_platform.migrations import ask_for_consent, hear_consents_again

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Ask."""
    ask_for_consent(op, "tvet")
    hear_consents_again(op, "tvet")
