"""Create trainings, attendance, assessments, awards and statements, with their row-level security.

Revision ID: tvet_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from inzira_platform.migrations import create_platform_tables, protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "tvet_0001"
down_revision = None

SERVICE = "tvet"
CHANGING = ("training", "attendance_mark", "module_assessment", "integrated_assessment")
GROWING = ("training_credit", "training_change", "award", "attainment_statement")
FOLLOWED = ("participant",)


def upgrade() -> None:
    """Tables, then who may touch them."""
    create_platform_tables(op, SERVICE)
    _participant()
    _training()
    _training_history()
    _attendance()
    _module_assessment()
    _integrated_assessment()
    _award()
    _statement()
    for table in (*CHANGING, *GROWING, *FOLLOWED):
        protect(op, SERVICE, table)
        # caseworkers and their supervisors read training; instructors write it
        op.execute(f"REVOKE INSERT, UPDATE ON {table} FROM {SERVICE}_s_caseload, {SERVICE}_s_org")
    for table in GROWING:
        op.execute(f"REVOKE UPDATE ON {table} FROM {SERVICE}_s_facility, {SERVICE}_s_system")
    for table in FOLLOWED:
        op.execute(f"REVOKE INSERT, UPDATE ON {table} FROM {SERVICE}_s_facility")


def _participant() -> None:
    op.create_table(
        "participant",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("facility", sa.Text(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("custody_state", sa.Text(), nullable=False),
        sa.Column("admitted_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("located_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_participant")),
    )


def _training() -> None:
    op.create_table(
        "training",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_code", sa.Text(), nullable=False),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("trade", sa.Text(), nullable=False),
        sa.Column("rtqf_level", sa.Integer(), nullable=False),
        sa.Column("facility", sa.Text(), nullable=False),
        sa.Column("instructor", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("resumes_training_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('APPLIED', 'ENROLLED', 'ACTIVE', 'SUSPENDED', 'COMPLETED', 'AWARDED', 'TRANSFERRED_OUT', "
            "'RELEASED_EARLY', 'WITHDRAWN', 'DECEASED')",
            name=op.f("ck_training_state"),
        ),
        sa.CheckConstraint("rtqf_level BETWEEN 1 AND 7", name=op.f("ck_training_rtqf_level")),
        sa.CheckConstraint("state_on >= opened_on", name=op.f("ck_training_state_on")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    op.create_index(
        "ix_training_facility_programme_code", "training", ["facility", "programme_code", "state"], unique=False
    )
    op.create_index("ix_training_person_id", "training", ["person_id"], unique=False)
    op.create_index(
        "uq_training_live",
        "training",
        ["person_id", "programme_code"],
        unique=True,
        postgresql_where=sa.text("state IN ('APPLIED', 'ENROLLED', 'ACTIVE', 'SUSPENDED', 'COMPLETED')"),
    )


def _training_history() -> None:
    op.create_table(
        "training_credit",
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("module_code", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_training_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["training_id"], ["training.id"], name=op.f("fk_training_credit_training_id_training")),
        sa.PrimaryKeyConstraint("training_id", "module_code", name=op.f("pk_training_credit")),
    )
    op.create_table(
        "training_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["training_id"], ["training.id"], name=op.f("fk_training_change_training_id_training")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_change")),
    )
    op.create_index("ix_training_change_training_id", "training_change", ["training_id"], unique=False)


def _attendance() -> None:
    op.create_table(
        "attendance_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["training_id"], ["training.id"], name=op.f("fk_attendance_mark_training_id_training")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_mark")),
    )
    op.create_index(
        "uq_attendance_mark_current",
        "attendance_mark",
        ["training_id", "held_on"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )


def _module_assessment() -> None:
    op.create_table(
        "module_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("module_code", sa.Text(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("assessor", sa.Text(), nullable=False),
        sa.Column("outcomes", JSONB(), nullable=False),
        sa.Column("evidence", JSONB(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("result IN ('C', 'NYC')", name=op.f("ck_module_assessment_result")),
        sa.ForeignKeyConstraint(
            ["training_id"], ["training.id"], name=op.f("fk_module_assessment_training_id_training")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_assessment")),
    )
    op.create_index(
        "uq_module_assessment_current",
        "module_assessment",
        ["training_id", "module_code", "assessed_on"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )


def _integrated_assessment() -> None:
    op.create_table(
        "integrated_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("assessor", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("result IN ('C', 'NYC')", name=op.f("ck_integrated_assessment_result")),
        sa.ForeignKeyConstraint(
            ["training_id"], ["training.id"], name=op.f("fk_integrated_assessment_training_id_training")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrated_assessment")),
    )
    op.create_index(
        "uq_integrated_assessment_current",
        "integrated_assessment",
        ["training_id", "assessed_on"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )


def _award() -> None:
    op.create_table(
        "award",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_code", sa.Text(), nullable=False),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("trade", sa.Text(), nullable=False),
        sa.Column("rtqf_level", sa.Integer(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("rtb_number", sa.Text(), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["training_id"], ["training.id"], name=op.f("fk_award_training_id_training")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
    )
    op.create_index("ix_award_awarded_on", "award", ["awarded_on"], unique=False)
    op.create_index("uq_award_rtb_number", "award", ["rtb_number"], unique=True)
    op.create_index("uq_award_training_id", "award", ["training_id"], unique=True)


def _statement() -> None:
    op.create_table(
        "attainment_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_code", sa.Text(), nullable=False),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("modules", JSONB(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("cause IN ('TRANSFER', 'RELEASE', 'REQUEST')", name=op.f("ck_attainment_statement_cause")),
        sa.ForeignKeyConstraint(
            ["training_id"], ["training.id"], name=op.f("fk_attainment_statement_training_id_training")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attainment_statement")),
    )
    op.create_index("ix_attainment_statement_training_id", "attainment_statement", ["training_id"], unique=False)
