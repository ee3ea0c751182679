"""Create sentences, the computations of their dates, and release orders.

Revision ID: intake_0002
Revises: intake_0001
"""

import sqlalchemy as sa
from alembic import op
from inzira_platform.migrations import protect
from sqlalchemy.dialects import postgresql

revision = "intake_0002"
down_revision = "intake_0001"

SERVICE = "intake"
KINDS = ("facility", "caseload", "org", "system")
NEVER_CHANGED = ("sentence", "date_computation")


def upgrade() -> None:
    """Tables, then who may touch them."""
    _sentences()
    _releases()
    for table in (*NEVER_CHANGED, "release_order"):
        protect(op, SERVICE, table, kinds=KINDS)
        # caseworkers and their supervisors read custody; they never write it
        op.execute(f"REVOKE INSERT, UPDATE ON {table} FROM {SERVICE}_s_caseload, {SERVICE}_s_org")
    for table in NEVER_CHANGED:
        op.execute(f"REVOKE UPDATE ON {table} FROM {SERVICE}_s_facility")
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _sentences() -> None:
    op.create_table(
        "sentence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("duration", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("legal_status", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("stream_version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "legal_status IN ('REMAND', 'CONVICTED_APPEALABLE', 'CONVICTED_FINAL', 'ACQUITTED', 'CASE_CLOSED')",
            name=op.f("ck_sentence_legal_status"),
        ),
        sa.ForeignKeyConstraint(["episode_id"], ["episode.id"], name=op.f("fk_sentence_episode_id_episode")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["sentence.id"], name=op.f("fk_sentence_supersedes_id_sentence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sentence")),
    )
    op.create_index("ix_sentence_episode_id_recorded_at", "sentence", ["episode_id", "recorded_at"], unique=False)
    op.create_index("ix_sentence_person_id", "sentence", ["person_id"], unique=False)
    op.create_table(
        "date_computation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("evaluated_on", sa.Date(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column("inputs_hash", sa.Text(), nullable=False),
        sa.Column("legal_status", sa.Text(), nullable=False),
        sa.Column("expected_release_on", sa.Date(), nullable=True),
        sa.Column("parole_eligible_on", sa.Date(), nullable=True),
        sa.Column("parole_status", sa.Text(), nullable=False),
        sa.Column("total_days", sa.Integer(), nullable=True),
        sa.Column("needs_second_officer", sa.Boolean(), nullable=False),
        sa.Column("trace", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "parole_status IN ('FROM_DATE', 'NOT_ELIGIBLE', 'NOT_SENTENCED', 'CLOCK_STOPPED')",
            name=op.f("ck_date_computation_parole_status"),
        ),
        sa.ForeignKeyConstraint(["episode_id"], ["episode.id"], name=op.f("fk_date_computation_episode_id_episode")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_computation")),
    )
    op.create_index(
        "ix_date_computation_episode_id_recorded_at",
        "date_computation",
        ["episode_id", "recorded_at"],
        unique=False,
    )


def _releases() -> None:
    op.create_table(
        "release_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("order_authority", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_end_on", sa.Date(), nullable=True),
        sa.Column("property_return", sa.Text(), nullable=False),
        sa.Column("file_copy", sa.Text(), nullable=False),
        sa.Column("checklist", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("supervision", sa.Text(), nullable=False),
        sa.Column("return_district", sa.Text(), nullable=True),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'APPROVED') = (approved_by IS NOT NULL)", name=op.f("ck_release_order_approved")),
        sa.CheckConstraint("file_copy IN ('GIVEN', 'DECLINED')", name=op.f("ck_release_order_file_copy")),
        sa.CheckConstraint(
            "property_return IN ('RETURNED', 'NONE_HELD')", name=op.f("ck_release_order_property_return")
        ),
        sa.CheckConstraint(
            "reason IN ('SENTENCE_EXPIRED', 'PAROLE', 'PARDON', 'ACQUITTAL', 'PROVISIONAL_RELEASE', 'CASE_DISMISSED', "
            "'SUSPENDED_SENTENCE', 'CONVERTED_TO_TIG', 'PLEA_BARGAIN', 'COURT_ORDER', "
            "'TRANSFER_ABROAD', 'ADMIN_ERROR_CORRECTION')",
            name=op.f("ck_release_order_reason"),
        ),
        sa.CheckConstraint("state IN ('PREPARED', 'APPROVED', 'SUPERSEDED')", name=op.f("ck_release_order_state")),
        sa.CheckConstraint(
            "supervision IN ('NONE', 'PAROLE', 'PARDON_CONDITIONS', 'TIG', 'VOLUNTARY_AFTERCARE')",
            name=op.f("ck_release_order_supervision"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> prepared_by", name=op.f("ck_release_order_two_persons")
        ),
        sa.ForeignKeyConstraint(["episode_id"], ["episode.id"], name=op.f("fk_release_order_episode_id_episode")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_order")),
    )
    op.create_index("ix_release_order_person_id", "release_order", ["person_id"], unique=False)
    op.create_index(
        "uq_release_order_prepared",
        "release_order",
        ["episode_id"],
        unique=True,
        postgresql_where=sa.text("state = 'PREPARED'"),
    )
