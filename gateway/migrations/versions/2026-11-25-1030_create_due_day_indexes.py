"""Lists of persons in the order of what is due next, of one facility or of all, without sorting everybody first."""

from alembic import op

revision = "g0070"
down_revision = "g0060"
branch_labels = None
depends_on = None

# The OFFSET keeps PostgreSQL from reading all of person_scope before it shows the first; it changes no answer.
REACHED = "EXISTS (SELECT 1 FROM person_scope ps WHERE ps.person_id = person_head.person_id{once})"
DUE = "coalesce(next_due_on, 'infinity'::date)"
DUE_IN_CUSTODY = "coalesce(CASE WHEN custody_state IS DISTINCT FROM 'RELEASED' THEN next_due_on END, 'infinity'::date)"


def upgrade() -> None:
    op.execute(f"CREATE INDEX ix_person_head_due ON person_head (generation, {DUE}, person_id)")
    op.execute(
        f"CREATE INDEX ix_person_head_facility_due ON person_head (generation, facility, {DUE_IN_CUSTODY}, person_id)"
    )
    op.drop_index("ix_person_head_next_due_on", "person_head")
    _reach(" OFFSET 0")


def downgrade() -> None:
    _reach("")
    op.create_index("ix_person_head_next_due_on", "person_head", ["generation", "next_due_on", "person_id"])
    op.drop_index("ix_person_head_facility_due", "person_head")
    op.drop_index("ix_person_head_due", "person_head")


def _reach(once: str) -> None:
    rule = REACHED.format(once=once)
    for kind in ("facility", "national", "oversight"):
        op.execute(f"ALTER POLICY {kind} ON person_head USING ({rule}) WITH CHECK ({rule})")
