"""Create register imports: the file while it is worked on, and what became of each row.

Revision ID: intake_0010
Revises: intake_0002
"""

import sqlalchemy as sa
from alembic import op
from inzira_platform.migrations import grant_table
from sqlalchemy.dialects import postgresql

revision = "intake_0010"
down_revision = "intake_0002"

SERVICE = "intake"

# An import belongs to the facilities whose rows it may take: an officer sees it who holds all of them.
MINE = (
    "string_to_array(reach, ',') <@ string_to_array(nullif(current_setting('app.facilities', true), ''), ',') "
    "AND reach <> ''"
)
OF_MY_IMPORT = "EXISTS (SELECT 1 FROM register_import i WHERE i.id = register_row.import_id)"


def upgrade() -> None:
    """Both tables, then who may touch them."""
    _imports()
    _rows()
    for table, mine in (("register_import", MINE), ("register_row", OF_MY_IMPORT)):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY facility ON {table} TO {SERVICE}_s_facility USING ({mine}) WITH CHECK ({mine})")
        op.execute(f"CREATE POLICY system ON {table} TO {SERVICE}_s_system USING (true) WITH CHECK (true)")
    grant_table(op, SERVICE, "register_import", ("facility",), "SELECT, INSERT")
    grant_table(op, SERVICE, "register_row", ("facility",), "SELECT")
    grant_table(op, SERVICE, "register_import", ("system",))
    grant_table(op, SERVICE, "register_row", ("system",))


def _imports() -> None:
    op.create_table(
        "register_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("total", "done", "admitted", "duplicate", "review", "rejected", "attempts")
        ),
        sa.Column("heading_row", sa.Integer(), nullable=True),
        sa.Column("ignored", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(ciphertext IS NULL) = (key_version IS NULL)", name=op.f("ck_register_import_sealed")),
        sa.CheckConstraint("state IN ('RECEIVED', 'RUNNING', 'DONE', 'FAILED')", name=op.f("ck_register_import_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_import")),
        sa.UniqueConstraint("file_hash", "reach", name=op.f("uq_register_import_file_hash_reach")),
    )
    op.create_index(
        "ix_register_import_open",
        "register_import",
        ["touched_at"],
        postgresql_where=sa.text("state IN ('RECEIVED','RUNNING')"),
    )
    op.create_index("ix_register_import_created_at_id", "register_import", ["created_at", "id"])


def _rows() -> None:
    op.create_table(
        "register_row",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=True),
        sa.Column("national_id_index", sa.LargeBinary(), nullable=True),
        sa.Column("likeness_index", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reasons", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("notices", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("match_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('admitted', 'duplicate', 'review', 'rejected')",
            name=op.f("ck_register_row_outcome"),
        ),
        sa.CheckConstraint("(outcome = 'admitted') <= (person_id IS NOT NULL)", name=op.f("ck_register_row_admitted")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["register_import.id"], name=op.f("fk_register_row_import_id_register_import")
        ),
        sa.PrimaryKeyConstraint("import_id", "row_number", name=op.f("pk_register_row")),
    )
    op.create_index(
        "ix_register_row_undecided",
        "register_row",
        ["import_id", "row_number"],
        postgresql_where=sa.text("outcome IS NULL"),
    )
    for column in ("number_index", "national_id_index", "likeness_index"):
        op.create_index(f"ix_register_row_{column}", "register_row", [column])
