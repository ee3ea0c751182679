"""Who is seen by whom is written by the service, and by supervisors who name a worker or open a case again.

Revision ID: reintegration_0020
Revises: reintegration_0010
"""

from alembic import op
from inzira_platform.migrations import give_reach_back, keep_reach_from

revision = "reintegration_0020"
down_revision = "reintegration_0010"


def upgrade() -> None:
    """An upsert, so both rights; the policy keeps it to persons of their own organisation."""
    keep_reach_from(op, "reintegration", {"org": "INSERT, UPDATE"})


def downgrade() -> None:
    give_reach_back(op, "reintegration")
