"""A consent can be taken back after the case is closed: the organisation's supervisor may write that down.

Revision ID: intake_0060
Revises: intake_0050
"""

from alembic import op

revision = "intake_0060"
down_revision = "intake_0050"

RULE = "basis = 'CONSENT' AND EXISTS (SELECT 1 FROM person_scope ps WHERE ps.person_id = consent.person_id)"
ENDED = "withdrawn_at, withdrawn_by, withdrawal_reference, version"


def upgrade() -> None:
    """As for caseworkers, but without the recording: nobody follows the person any more."""
    op.execute(f"CREATE POLICY org_end ON consent FOR UPDATE TO intake_s_org USING ({RULE}) WITH CHECK ({RULE})")
    op.execute(f"GRANT UPDATE ({ENDED}) ON consent TO intake_s_org")


def downgrade() -> None:
    op.execute(f"REVOKE UPDATE ({ENDED}) ON consent FROM intake_s_org")
    op.execute("DROP POLICY org_end ON consent")
