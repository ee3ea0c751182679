"""A rebuild has PostgreSQL count the rows of a new generation before it asks for them person by person.

Revision ID: g0120
Revises: g0110
"""

from alembic import op

revision = "g0120"
down_revision = "g0110"
branch_labels = None
depends_on = None

TABLES = "journey_entry, person_head"


def upgrade() -> None:
    op.execute(f"GRANT MAINTAIN ON {TABLES} TO gateway_s_system")


def downgrade() -> None:
    op.execute(f"REVOKE MAINTAIN ON {TABLES} FROM gateway_s_system")
