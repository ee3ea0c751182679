"""Create the gateway's tables: accounts, sessions, the journey read model and the disclosure ledger.

Revision ID: g0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from inzira_platform.migrations import create_platform_tables, grant_table, protect
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

revision = "g0001"
down_revision = None
branch_labels = None
depends_on = None

GATEWAY = "gateway"
READERS = ("facility", "caseload", "org")


def upgrade() -> None:
    create_platform_tables(op, GATEWAY)
    _accounts()
    _sessions()
    _journey()
    _ledger()
    _access()
    op.execute(
        "INSERT INTO projection(generation, state, started_at, activated_at, requested_by, reason) "
        "VALUES (1, 'ACTIVE', now(), now(), 'svc:gateway', 'first generation')"
    )


def downgrade() -> None:
    for name in (
        "access_subject", "access_entry", "source_seen", "person_head", "journey_entry", "projection",
        "login_attempt", "refresh_token", "session", "account_change", "account",
    ):  # fmt: skip
        op.drop_table(name)


def _id(name: str = "id") -> sa.Column[object]:
    return sa.Column(name, UUID(as_uuid=True), primary_key=True)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB, nullable=False, server_default=sa.text("'{}'::jsonb"))


def _codes(name: str) -> sa.Column[object]:
    return sa.Column(name, ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'"))


def _accounts() -> None:
    op.create_table(
        "account",
        _id(),
        _text("username"),
        _text("display_name"),
        _text("role"),
        _text("agency"),
        _text("org", nullable=True),
        _codes("facilities"),
        _codes("districts"),
        _text("password_hash"),
        _text("state"),
        _text("requested_by"),
        sa.Column("epoch", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
        _at("created_at"),
        _at("updated_at"),
        sa.UniqueConstraint("username", name="uq_account_username"),
        sa.CheckConstraint("state IN ('ACTIVE', 'PENDING', 'DISABLED')", name="ck_account_state"),
        sa.CheckConstraint("username = lower(username)", name="ck_account_username_lower"),
        sa.CheckConstraint("version > 0 AND epoch > 0", name="ck_account_counters"),
    )
    op.create_table(
        "account_change",
        _id(),
        sa.Column("account_id", UUID(as_uuid=True), nullable=False),
        _text("action"),
        _text("changed_by"),
        _at("changed_at"),
        _json("facts"),
    )
    op.create_index("ix_account_change_account_id", "account_change", ["account_id"])


def _sessions() -> None:
    op.create_table(
        "session",
        _id(),
        sa.Column("account_id", UUID(as_uuid=True), nullable=False),
        _at("started_at"),
        _at("revoked_at", nullable=True),
        _text("revoked_because", nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_session_account_id_account"),
    )
    op.create_index("ix_session_account_id", "session", ["account_id"])
    op.create_table(
        "refresh_token",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("session_id", UUID(as_uuid=True), nullable=False),
        _at("issued_at"),
        _at("used_at", nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_refresh_token_session_id_session"),
    )
    op.create_index("ix_refresh_token_session_id", "refresh_token", ["session_id"])
    op.create_table(
        "login_attempt",
        sa.Column("name_digest", sa.LargeBinary, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        _at("last_failure_at"),
    )


def _journey() -> None:
    op.create_table(
        "projection",
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        _text("state"),
        _at("started_at"),
        _at("activated_at", nullable=True),
        _json("progress"),
        _text("requested_by"),
        _text("reason"),
        sa.CheckConstraint("state IN ('BUILDING', 'ACTIVE', 'RETIRED')", name="ck_projection_state"),
    )
    for state in ("ACTIVE", "BUILDING"):
        op.create_index(
            f"uq_projection_{state.lower()}",
            "projection",
            ["state"],
            unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    op.create_table(
        "journey_entry",
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        _id("event_id"),
        sa.Column("person_id", UUID(as_uuid=True), nullable=False),
        _text("source"),
        _text("type"),
        _text("stream"),
        sa.Column("version", sa.Integer, nullable=False),
        _at("occurred_at"),
        _at("recorded_at"),
        _text("recorded_by"),
        sa.Column("supersedes", UUID(as_uuid=True), nullable=True),
        _text("summary_code"),
        _json("refs"),
    )
    op.create_index("ix_journey_entry_person", "journey_entry", ["generation", "person_id", "occurred_at", "event_id"])
    _heads()
    op.create_table(
        "source_seen",
        sa.Column("source", sa.Text, primary_key=True),
        _at("fresh_at"),
        _at("checked_at"),
        sa.Column("is_reachable", sa.Boolean, nullable=False),
    )


def _heads() -> None:
    codes = (
        "custody_state", "facility", "incoming_facility", "curriculum_state", "tvet_state", "case_state",
        "worker_id", "org", "return_district",
    )  # fmt: skip
    days = ("expected_release_on", "released_on", "case_closed_on", "next_due_on")
    op.create_table(
        "person_head",
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        _id("person_id"),
        *(_text(name, nullable=True) for name in codes),
        *(sa.Column(name, sa.Date, nullable=True) for name in days),
        sa.Column("stage", sa.Text, nullable=False, server_default=sa.text("'UNKNOWN'")),
        _json("versions"),
        _at("updated_at"),
    )
    op.create_index("ix_person_head_facility_stage", "person_head", ["generation", "facility", "stage"])
    op.create_index("ix_person_head_next_due_on", "person_head", ["generation", "next_due_on", "person_id"])
    op.create_index("ix_person_head_updated_at", "person_head", ["generation", "updated_at", "person_id"])


def _ledger() -> None:
    op.create_table(
        "access_entry",
        _id(),
        _text("service"),
        _text("operation"),
        _text("actor"),
        _text("agency", nullable=True),
        _text("purpose"),
        _text("outcome"),
        _text("view"),
        _text("request_id"),
        _at("occurred_at"),
    )
    op.create_index("ix_access_entry_actor", "access_entry", ["actor", "occurred_at"])
    op.create_table(
        "access_subject",
        _id("entry_id"),
        _id("person_id"),
        _at("occurred_at"),
        sa.ForeignKeyConstraint(["entry_id"], ["access_entry.id"], name="fk_access_subject_entry_id_access_entry"),
    )
    op.create_index("ix_access_subject_person", "access_subject", ["person_id", "occurred_at", "entry_id"])
    for table in ("access_entry", "access_subject"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _access() -> None:
    """Who may touch what: readers only read, and accounts are for the gateway's own scope alone."""
    for table in ("account", "account_change", "session", "refresh_token", "login_attempt"):
        grant_table(op, GATEWAY, table, ("system",))
    protect(op, GATEWAY, "journey_entry", kinds=(*READERS, "system"))
    protect(op, GATEWAY, "person_head", kinds=(*READERS, "national", "oversight", "system"))
    readers = ", ".join(f"gateway_s_{kind}" for kind in READERS)
    op.execute(f"REVOKE INSERT, UPDATE ON journey_entry, person_head FROM {readers}")
    everyone = (*READERS, "national", "oversight", "none", "system")
    for table in ("projection", "source_seen"):
        grant_table(op, GATEWAY, table, everyone, privileges="SELECT")
        op.execute(f"GRANT INSERT, UPDATE, DELETE ON {table} TO gateway_s_system")
    for table in ("access_entry", "access_subject"):
        grant_table(op, GATEWAY, table, ("oversight",))
        op.execute(f"GRANT SELECT, INSERT ON {table} TO gateway_s_system")
