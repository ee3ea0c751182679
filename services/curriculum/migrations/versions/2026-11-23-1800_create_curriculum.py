"""Create participants, cohorts, enrolments, attendance, tests and certificates, with their row-level security.

Revision ID: curriculum_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from inzira_platform.migrations import create_platform_tables, protect, protect_by_facility

revision = "curriculum_0001"
down_revision = None

SERVICE = "curriculum"
GROUPS = ("cohort", "session_record")
FOLLOWED = ("participant", "person_flag")
SUPERSEDED = ("attendance_mark", "test_result", "session_record")
GROWING = ("enrolment_change", "certificate", "certificate_duplicate")
PERSONAL = (*FOLLOWED, "enrolment", "enrolment_change", "attendance_mark", "test_result", *GROWING[1:])


def upgrade() -> None:
    """Tables, then who may touch them."""
    create_platform_tables(op, SERVICE)
    _participant()
    _person_flag()
    _cohort()
    _session_record()
    _enrolment()
    _enrolment_change()
    _attendance_mark()
    _test_result()
    _certificate()
    _certificate_duplicate()
    for table in PERSONAL:
        protect(op, SERVICE, table)
    for table in GROUPS:
        protect_by_facility(op, SERVICE, table)
    _narrow()


def _narrow() -> None:
    """Officers of a facility write; others read. History is never rewritten: only what stands may change."""
    for table in (*PERSONAL, *GROUPS):
        op.execute(f"REVOKE INSERT, UPDATE ON {table} FROM {SERVICE}_s_caseload, {SERVICE}_s_org")
    for table in FOLLOWED:
        op.execute(f"REVOKE INSERT, UPDATE ON {table} FROM {SERVICE}_s_facility")
    writers = f"{SERVICE}_s_facility, {SERVICE}_s_system"
    for table in GROWING:
        op.execute(f"REVOKE UPDATE ON {table} FROM {writers}")
    for table in SUPERSEDED:
        op.execute(f"REVOKE UPDATE ON {table} FROM {writers}")
        op.execute(f"GRANT UPDATE (is_current, event_version) ON {table} TO {writers}")


def _participant() -> None:
    op.create_table(
        "participant",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=True),
        sa.Column("facility", sa.String(), nullable=True),
        sa.Column("custody_state", sa.String(), nullable=True),
        sa.Column("legal_status", sa.String(), nullable=True),
        sa.Column("admitted_on", sa.Date(), nullable=True),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("expected_release_on", sa.Date(), nullable=True),
        sa.Column("parole_eligible_on", sa.Date(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_participant")),
    )
    op.create_index("ix_participant_facility_status", "participant", ["facility", "legal_status"], unique=False)


def _person_flag() -> None:
    op.create_table(
        "person_flag",
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("flag_id", name=op.f("pk_person_flag")),
    )
    op.create_index(
        "ix_person_flag_open", "person_flag", ["person_id"], unique=False, postgresql_where=sa.text("closed_on IS NULL")
    )


def _cohort() -> None:
    op.create_table(
        "cohort",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_code", sa.String(), nullable=False),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("facility", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sessions_held", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('OPEN', 'RUNNING', 'COMPLETED')", name=op.f("ck_cohort_state")),
        sa.CheckConstraint("capacity BETWEEN 1 AND 1000", name=op.f("ck_cohort_capacity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
    )
    op.create_index("ix_cohort_facility_starts_on", "cohort", ["facility", "starts_on", "id"], unique=False)


def _session_record() -> None:
    op.create_table(
        "session_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("facility", sa.String(), nullable=False),
        sa.Column("session_code", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_session_record_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_record")),
    )
    op.create_index(
        "uq_session_record_current",
        "session_record",
        ["cohort_id", "session_code"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )


def _enrolment() -> None:
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lineage_id", sa.Uuid(), nullable=False),
        sa.Column("continues_id", sa.Uuid(), nullable=True),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=True),
        sa.Column("programme_code", sa.String(), nullable=False),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("facility", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("enrolled_on", sa.Date(), nullable=False),
        sa.Column("override_reason", sa.String(), nullable=True),
        sa.Column("sessions_attended", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('REFERRED', 'ELIGIBLE', 'WAITLISTED', 'ENROLLED', 'ACTIVE', 'SUSPENDED', 'COMPLETED', "
            "'CERTIFIED', 'NOT_COMPLETED', 'WITHDRAWN', 'TRANSFERRED_OUT', 'RELEASED_EARLY', 'DECEASED')",
            name=op.f("ck_enrolment_state"),
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_enrolment_cohort_id_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
    )
    op.create_index("ix_enrolment_cohort_id", "enrolment", ["cohort_id"], unique=False)
    op.create_index("ix_enrolment_lineage_id", "enrolment", ["lineage_id"], unique=False)
    op.create_index("ix_enrolment_person_id", "enrolment", ["person_id"], unique=False)
    op.create_index(
        "uq_enrolment_open",
        "enrolment",
        ["person_id", "programme_code"],
        unique=True,
        postgresql_where=sa.text("state IN ('ACTIVE', 'ELIGIBLE', 'ENROLLED', 'REFERRED', 'SUSPENDED', 'WAITLISTED')"),
    )


def _enrolment_change() -> None:
    op.create_table(
        "enrolment_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_enrolment_change_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_change")),
    )
    op.create_index("ix_enrolment_change_enrolment_id", "enrolment_change", ["enrolment_id", "id"], unique=False)


def _attendance_mark() -> None:
    op.create_table(
        "attendance_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("lineage_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("session_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("first_recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("event_version", sa.Integer(), nullable=True),
        sa.CheckConstraint("code IN ('P', 'L', 'E', 'U', 'M')", name=op.f("ck_attendance_mark_code")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_attendance_mark_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_mark")),
    )
    op.create_index(
        "ix_attendance_mark_cohort_id",
        "attendance_mark",
        ["cohort_id", "session_code"],
        unique=False,
        postgresql_where=sa.text("is_current"),
    )
    op.create_index(
        "ix_attendance_mark_lineage_id",
        "attendance_mark",
        ["lineage_id"],
        unique=False,
        postgresql_where=sa.text("is_current"),
    )
    op.create_index(
        "uq_attendance_mark_current",
        "attendance_mark",
        ["enrolment_id", "session_code"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )


def _test_result() -> None:
    op.create_table(
        "test_result",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("lineage_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("sitting", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=True),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("event_version", sa.Integer(), nullable=True),
        sa.CheckConstraint("phase IN ('PRE', 'POST')", name=op.f("ck_test_result_phase")),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_test_result_score")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_test_result_enrolment_id_enrolment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_result")),
    )
    op.create_index(
        "uq_test_result_current",
        "test_result",
        ["lineage_id", "phase", "sitting"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )


def _certificate() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_code", sa.String(), nullable=False),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_certificate_enrolment_id_enrolment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_certificate_enrolment_id")),
        sa.UniqueConstraint("serial", name=op.f("uq_certificate_serial")),
    )


def _certificate_duplicate() -> None:
    op.create_table(
        "certificate_duplicate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_duplicate_certificate_id_certificate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_duplicate")),
    )
    op.create_index(
        op.f("ix_certificate_duplicate_certificate_id"), "certificate_duplicate", ["certificate_id"], unique=False
    )
