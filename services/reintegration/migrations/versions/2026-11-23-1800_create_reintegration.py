"""Create prospects, cases, responsibility, schedules, visits, plans, flags and closures, with their security.

Revision ID: reintegration_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from inzira_platform.migrations import create_platform_tables, protect
from sqlalchemy.dialects import postgresql

revision = "reintegration_0001"
down_revision = None

SERVICE = "reintegration"
KNOWN_TO_THE_FACILITY = ("reintegration_case", "worker_assignment", "handover", "due_item")
NOT_THE_FACILITYS = ("visit", "assessment", "plan", "plan_goal", "flag", "flag_change", "closure")
APPEND_ONLY = ("visit", "assessment", "plan", "plan_goal", "flag_change")

CLOSURE_CODES = (
    "closure_code IN ('GOALS_MET', 'TIME_COMPLETE', 'MOVED', 'DECLINED', 'LOST_CONTACT', "
    "'RETURNED_TO_CUSTODY', 'DECEASED', 'TRANSFERRED_AGENCY')"
)
MILESTONES_ONLY = (
    "kind = 'MILESTONE' AND EXISTS (SELECT 1 FROM person_scope ps WHERE ps.person_id = due_item.person_id)"
)


def upgrade() -> None:
    """Tables, then who may touch them."""
    create_platform_tables(op, SERVICE)
    _prospect()
    _reintegration_case()
    _worker_assignment()
    _handover()
    _due_item()
    _visit()
    _assessment()
    _plan()
    _plan_goal()
    _flag()
    _flag_change()
    _closure()
    protect(op, SERVICE, "prospect", kinds=("system",))
    for table in KNOWN_TO_THE_FACILITY:
        protect(op, SERVICE, table, kinds=("facility", "caseload", "org", "system"))
    # a facility sees what it prepares, not how the person is followed afterwards
    op.execute(f"ALTER POLICY facility ON due_item USING ({MILESTONES_ONLY}) WITH CHECK ({MILESTONES_ONLY})")
    for table in NOT_THE_FACILITYS:
        protect(op, SERVICE, table, kinds=("caseload", "org", "system"))
    for table in APPEND_ONLY:
        op.execute(f"REVOKE UPDATE ON {table} FROM {SERVICE}_s_caseload, {SERVICE}_s_org, {SERVICE}_s_system")


def _prospect() -> None:
    op.create_table(
        "prospect",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("facility", sa.Text(), nullable=False),
        sa.Column("return_district", sa.Text(), nullable=True),
        sa.Column("admitted_on", sa.Date(), nullable=False),
        sa.Column("legal_status", sa.Text(), nullable=False),
        sa.Column("custody_state", sa.Text(), nullable=False),
        sa.Column("expected_release_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('WAITING', 'OPENED', 'ENDED')", name=op.f("ck_prospect_status")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_prospect")),
    )
    op.create_index(
        "ix_prospect_waiting",
        "prospect",
        ["expected_release_on"],
        unique=False,
        postgresql_where=sa.text("status = 'WAITING' AND expected_release_on IS NOT NULL"),
    )


def _reintegration_case() -> None:
    op.create_table(
        "reintegration_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("previous_case_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("expected_release_on", sa.Date(), nullable=True),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("supervision", sa.Text(), nullable=True),
        sa.Column("facility", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("org", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("rule_set", sa.Text(), nullable=False),
        sa.Column("lost_contact_on", sa.Date(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("closure_code", sa.Text(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'CLOSED') = (closure_code IS NOT NULL)", name=op.f("ck_reintegration_case_closed_with_code")
        ),
        sa.CheckConstraint(
            CLOSURE_CODES,
            name=op.f("ck_reintegration_case_closure_code"),
        ),
        sa.CheckConstraint(
            "state <> 'FOLLOW_UP' OR released_on IS NOT NULL",
            name=op.f("ck_reintegration_case_follow_up_after_release"),
        ),
        sa.CheckConstraint("state IN ('PRE_RELEASE', 'FOLLOW_UP', 'CLOSED')", name=op.f("ck_reintegration_case_state")),
        sa.CheckConstraint("tier IN ('STANDARD', 'HIGH', 'LOW')", name=op.f("ck_reintegration_case_tier")),
        sa.CheckConstraint(
            "trigger IN ('RELEASE_WINDOW', 'RELEASED', 'REOPENED')", name=op.f("ck_reintegration_case_trigger")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reintegration_case")),
    )
    op.create_index("ix_reintegration_case_org", "reintegration_case", ["org", "state"], unique=False)
    op.create_index("ix_reintegration_case_person_id", "reintegration_case", ["person_id"], unique=False)
    op.create_index("ix_reintegration_case_worker", "reintegration_case", ["worker_id", "state"], unique=False)
    op.create_index(
        "uq_reintegration_case_open",
        "reintegration_case",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'CLOSED'"),
    )


def _worker_assignment() -> None:
    op.create_table(
        "worker_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("org", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("reason IN ('DUTY', 'SUPERVISOR', 'HANDOVER')", name=op.f("ck_worker_assignment_reason")),
        sa.CheckConstraint("role IN ('PRIMARY', 'RCS')", name=op.f("ck_worker_assignment_role")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["reintegration_case.id"], name=op.f("fk_worker_assignment_case_id_reintegration_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_assignment")),
    )
    op.create_index("ix_worker_assignment_case_id", "worker_assignment", ["case_id"], unique=False)
    op.create_index(
        "uq_worker_assignment_live",
        "worker_assignment",
        ["case_id", "role"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _handover() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_worker", sa.Text(), nullable=False),
        sa.Column("from_org", sa.Text(), nullable=False),
        sa.Column("to_worker", sa.Text(), nullable=False),
        sa.Column("to_org", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accept_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('OFFERED', 'ESCALATED', 'ACCEPTED', 'DECLINED', 'WITHDRAWN')", name=op.f("ck_handover_state")
        ),
        sa.CheckConstraint("from_worker <> to_worker", name=op.f("ck_handover_between_two")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["reintegration_case.id"], name=op.f("fk_handover_case_id_reintegration_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index(
        "ix_handover_accept_by", "handover", ["accept_by"], unique=False, postgresql_where=sa.text("state = 'OFFERED'")
    )
    op.create_index("ix_handover_case_id", "handover", ["case_id"], unique=False)
    op.create_index(
        "ix_handover_to_worker",
        "handover",
        ["to_worker"],
        unique=False,
        postgresql_where=sa.text("state IN ('OFFERED', 'ESCALATED')"),
    )
    op.create_index(
        "uq_handover_waiting",
        "handover",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('OFFERED', 'ESCALATED')"),
    )


def _due_item() -> None:
    op.create_table(
        "due_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("earliest_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("latest_on", sa.Date(), nullable=False),
        sa.Column("accepts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column("optional", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("cancelled_cause", sa.Text(), nullable=True),
        sa.Column("escalation", sa.Text(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("outcome_code", sa.Text(), nullable=True),
        sa.Column("checklist", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "escalation IN ('NONE', 'WORKER', 'SUPERVISOR', 'LOST_CONTACT')", name=op.f("ck_due_item_escalation")
        ),
        sa.CheckConstraint("kind IN ('MILESTONE', 'VISIT', 'LEGAL', 'PROTOCOL')", name=op.f("ck_due_item_kind")),
        sa.CheckConstraint("state IN ('DUE', 'DONE', 'OVERDUE', 'CANCELLED')", name=op.f("ck_due_item_state")),
        sa.CheckConstraint("earliest_on <= due_on AND due_on <= latest_on", name=op.f("ck_due_item_window")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["reintegration_case.id"], name=op.f("fk_due_item_case_id_reintegration_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_item")),
    )
    op.create_index("ix_due_item_case_id", "due_item", ["case_id"], unique=False)
    op.create_index(
        "ix_due_item_pending",
        "due_item",
        ["latest_on"],
        unique=False,
        postgresql_where=sa.text("state IN ('DUE', 'OVERDUE')"),
    )
    op.create_index(
        "ix_due_item_person_id",
        "due_item",
        ["person_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("state IN ('DUE', 'OVERDUE')"),
    )
    op.create_index(
        "uq_due_item_live",
        "due_item",
        ["case_id", "kind", "code"],
        unique=True,
        postgresql_where=sa.text("state <> 'CANCELLED' AND kind <> 'PROTOCOL'"),
    )


def _visit() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_review", sa.Boolean(), nullable=False),
        sa.Column("due_item_id", sa.Uuid(), nullable=True),
        sa.Column("due_code", sa.Text(), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["reintegration_case.id"], name=op.f("fk_visit_case_id_reintegration_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_case_id", "visit", ["case_id", "held_on"], unique=False)


def _assessment() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('PRE_RELEASE', 'REVIEW')", name=op.f("ck_assessment_kind")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["reintegration_case.id"], name=op.f("fk_assessment_case_id_reintegration_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    op.create_index("ix_assessment_case_id", "assessment", ["case_id", "held_on"], unique=False)


def _plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("tier IN ('STANDARD', 'HIGH', 'LOW')", name=op.f("ck_plan_tier")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["reintegration_case.id"], name=op.f("fk_plan_case_id_reintegration_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("case_id", "plan_version", name=op.f("uq_plan_case_id_plan_version")),
    )


def _plan_goal() -> None:
    op.create_table(
        "plan_goal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("domain_code", sa.Text(), nullable=False),
        sa.Column("goal_code", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('OPEN', 'DONE', 'DECLINED')", name=op.f("ck_plan_goal_state")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_goal_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_goal")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_plan_goal_plan_id_position")),
    )


def _flag() -> None:
    op.create_table(
        "flag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("domain_code", sa.Text(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("level IN ('RED', 'AMBER', 'YELLOW')", name=op.f("ck_flag_level")),
        sa.CheckConstraint(
            "state IN ('RAISED', 'ACKNOWLEDGED', 'ACTION_TAKEN', 'RESOLVED', 'UNFOUNDED')", name=op.f("ck_flag_state")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["reintegration_case.id"], name=op.f("fk_flag_case_id_reintegration_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    op.create_index("ix_flag_case_id", "flag", ["case_id"], unique=False)
    op.create_index(
        "ix_flag_clock", "flag", ["clock_due_at"], unique=False, postgresql_where=sa.text("clock_due_at IS NOT NULL")
    )


def _flag_change() -> None:
    op.create_table(
        "flag_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("flag_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("action_code", sa.Text(), nullable=True),
        sa.Column("outcome_code", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"], name=op.f("fk_flag_change_flag_id_flag")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_change")),
    )
    op.create_index("ix_flag_change_flag_id", "flag_change", ["flag_id"], unique=False)


def _closure() -> None:
    op.create_table(
        "closure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("closure_code", sa.Text(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            CLOSURE_CODES,
            name=op.f("ck_closure_closure_code"),
        ),
        sa.CheckConstraint("state IN ('REQUESTED', 'APPROVED', 'REFUSED', 'WITHDRAWN')", name=op.f("ck_closure_state")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["reintegration_case.id"], name=op.f("fk_closure_case_id_reintegration_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    op.create_index(
        "uq_closure_waiting", "closure", ["case_id"], unique=True, postgresql_where=sa.text("state = 'REQUESTED'")
    )
