"""What every service's migrations need: the environment, the platform's tables, and row-level security."""

from collections.abc import Mapping
from logging.config import dictConfig
from typing import Any

from alembic import context
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData
from sqlalchemy.engine import Connection

from inzira_platform.casework import ASKED_AT_SQL, PURPOSE
from inzira_platform.tables import attach_platform_tables

YEARS = range(2026, 2036)
READERS = ("facility", "caseload", "org", "national", "oversight", "none", "system")
JOURNAL = "event_stream, outbox, outbox_pending, idempotency_key"
EMITS, RECORDS, REPEATS = "emits", "records", "repeats"
JOURNAL_RIGHTS: Mapping[str, tuple[str, ...]] = {
    EMITS: (
        "SELECT, INSERT, UPDATE ON event_stream",
        "INSERT, SELECT (seq, created_at, event_id, stream, version, pkey) ON outbox",
        "INSERT ON outbox_pending",
    ),
    RECORDS: ("INSERT, SELECT (seq, created_at) ON outbox", "INSERT ON outbox_pending"),
    REPEATS: ("SELECT, INSERT ON idempotency_key",),
}
"""What each kind of act takes: telling an event, leaving the record of a read, keeping an answer that may be asked for
again. Whoever writes to the journal reads the place of the row back, never what is in it.
"""

OUTBOX = """
CREATE TABLE event_stream (stream text NOT NULL, version int NOT NULL, CONSTRAINT pk_event_stream PRIMARY KEY (stream))
  WITH (fillfactor = 70);
CREATE TABLE outbox (
  seq bigint GENERATED ALWAYS AS IDENTITY (CACHE 1), event_id uuid NOT NULL, stream text NOT NULL, version int NOT NULL,
  pkey text NOT NULL, topic text NOT NULL, type text NOT NULL, headers jsonb NOT NULL DEFAULT '{}'::jsonb,
  payload bytea NOT NULL CONSTRAINT ck_outbox_payload CHECK (octet_length(payload) < 900000),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(), CONSTRAINT pk_outbox PRIMARY KEY (seq, created_at))
  PARTITION BY RANGE (created_at);
CREATE INDEX ix_outbox_stream_version ON outbox (stream, version);
CREATE TABLE outbox_rest PARTITION OF outbox DEFAULT;
CREATE TABLE outbox_pending (
  seq bigint NOT NULL, shard smallint NOT NULL, created_at timestamptz NOT NULL,
  CONSTRAINT pk_outbox_pending PRIMARY KEY (seq))
  WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);
"""

# Append-only by trigger as well as by grant: the journal is the log of record (Mandela Rule 6).
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'this table is append-only'; END $$;
CREATE TRIGGER outbox_append_only BEFORE UPDATE OR DELETE ON outbox
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER outbox_no_truncate BEFORE TRUNCATE ON outbox
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

POLICIES = {
    "facility": "facility = ANY (string_to_array(nullif(current_setting('app.facilities', true), ''), ',')) "
    "OR incoming_facility = ANY (string_to_array(nullif(current_setting('app.facilities', true), ''), ','))",
    "caseload": "worker_id = nullif(current_setting('app.sub', true), '')",
    "org": "org = nullif(current_setting('app.org', true), '')",
    "national": "true",
    "oversight": "true",
    "system": "true",
}

ADDED_LATER = frozenset({"casework_consent"})
STANDS = (
    f"c.ended_at IS NULL AND c.valid_from <= {ASKED_AT_SQL} AND (c.valid_to IS NULL OR c.valid_to > {ASKED_AT_SQL})"
)
AGREED = (
    "EXISTS (SELECT 1 FROM casework_consent c WHERE c.person_id = person_scope.person_id "  # noqa: S608 - constants
    f"AND c.recipient = person_scope.org AND {STANDS})"
)
# Workers and supervisors are shown no other organisation's consents: so whoever changes to another one loses sight of
# those who agreed to the former only. The rule cannot follow `person_scope`, whose rule follows it.
CONSENT_POLICIES = {
    "facility": "EXISTS (SELECT 1 FROM person_scope ps WHERE ps.person_id = casework_consent.person_id)",
    "caseload": "recipient = nullif(current_setting('app.org', true), '')",
    "org": "recipient = nullif(current_setting('app.org', true), '')",
    "system": "true",
}


def run(metadata: MetaData) -> None:
    """Alembic's env.py of every service, in one call: online migrations over a plain connection it is handed."""
    dictConfig({"version": 1, "disable_existing_loggers": False})
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, include_object=_ours, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


def _ours(_thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:  # noqa: ANN401 - alembic's hook
    return not (kind == "table" and name is not None and (name.startswith("outbox_y") or name == "outbox_rest"))


def differences(connection: Connection, metadata: MetaData) -> list[Any]:
    """What `alembic check` would report: differences between models and the migrated database."""
    migration = MigrationContext.configure(connection, opts={"include_object": _ours, "compare_type": True})
    return list(compare_metadata(migration, metadata))


def create_platform_tables(op: Any, service: str) -> None:  # noqa: ANN401 - alembic's op module
    """First migration of a service: the platform's tables, their grants and the policies of `person_scope`."""
    for statement in OUTBOX.strip().split(";\n"):
        if statement.strip():
            op.execute(statement)
    for year in YEARS:
        op.execute(
            f"CREATE TABLE outbox_y{year} PARTITION OF outbox "
            f"FOR VALUES FROM ('{year}-01-01+00') TO ('{year + 1}-01-01+00')"
        )
    metadata = MetaData()
    attach_platform_tables(metadata)
    not_now = ADDED_LATER | {"event_stream", "outbox", "outbox_pending"}
    bind = op.get_bind()
    for table in metadata.sorted_tables:
        if table.name not in not_now:
            table.create(bind)
    for statement in APPEND_ONLY.strip().split(";\n"):
        op.execute(statement + (";" if not statement.endswith(";") else ""))
    _grant_platform(op, service)
    _protect_answers(op, service)
    _protect_person_scope(op, service)


def _roles(service: str, kinds: tuple[str, ...]) -> str:
    return ", ".join(f"{service}_s_{kind}" for kind in kinds)


def _grant_platform(op: Any, service: str) -> None:  # noqa: ANN401 - alembic's op module
    everyone = _roles(service, READERS)
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON event_stream TO {everyone}")
    # Whoever writes an event reads its place back, never what is in the journal.
    op.execute(f"GRANT INSERT, SELECT (seq, created_at, event_id, stream, version, pkey) ON outbox TO {everyone}")
    op.execute(f"GRANT SELECT, INSERT ON outbox_pending, idempotency_key TO {everyone}")
    op.execute(f"GRANT SELECT ON person_scope TO {everyone}")
    system = f"{service}_s_system"
    op.execute(f"GRANT SELECT ON outbox TO {system}")
    op.execute(f"GRANT INSERT, UPDATE ON person_scope TO {system}")
    op.execute(f"GRANT DELETE ON outbox_pending, inbox, idempotency_key, relay_log TO {system}")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE ON relay_log, relay_epoch, inbox, consumed_stream, consumer_position, "
        f"consumed_epoch, parked_event TO {system}"
    )


def keep_reach_from(op: Any, service: str, writers: Mapping[str, str] | None = None) -> None:  # noqa: ANN401 - alembic's op module
    """Later migration of every service: who may be seen by whom is written by the service itself.

    `writers` names the scope kinds whose users write it by their own acts, and what they need for it: under the
    policies of `person_scope`, for the persons in their reach alone.
    """
    readers = tuple(kind for kind in READERS if kind != "system")
    op.execute(f"REVOKE INSERT, UPDATE ON person_scope FROM {_roles(service, readers)}")
    for kind, privileges in (writers or {}).items():
        op.execute(f"GRANT {privileges} ON person_scope TO {_roles(service, (kind,))}")


def give_reach_back(op: Any, service: str) -> None:  # noqa: ANN401 - alembic's op module
    """The way back from `keep_reach_from`, to what the first databases had."""
    op.execute(f"GRANT INSERT, UPDATE ON person_scope TO {_roles(service, READERS)}")


def hide_reach_from(op: Any, service: str, kinds: tuple[str, ...]) -> None:  # noqa: ANN401 - alembic's op module
    """Later migration of every service: where users of a kind are shown no person, they do not read where any is."""
    op.execute(f"REVOKE SELECT ON person_scope FROM {_roles(service, kinds)}")  # noqa: S608 - names come from migrations only
    for kind in kinds:
        if kind in POLICIES:
            op.execute(f"DROP POLICY {kind} ON person_scope")


def show_reach_again(op: Any, service: str, kinds: tuple[str, ...]) -> None:  # noqa: ANN401 - alembic's op module
    """The way back from `hide_reach_from`."""
    op.execute(f"GRANT SELECT ON person_scope TO {_roles(service, kinds)}")
    for kind in kinds:
        if kind in POLICIES:
            _reach_of(op, service, kind)


def keep_journal_from(op: Any, service: str, acts: Mapping[str, tuple[str, ...]]) -> None:  # noqa: ANN401 - alembic's op module
    """Later migration of every service: users of a scope kind write to the journal what their acts take, and no more.

    `acts` names the acts of each kind (EMITS, RECORDS, REPEATS); kinds that are not named have nothing to do with it.
    """
    users = tuple(kind for kind in READERS if kind != "system")
    op.execute(f"REVOKE ALL ON {JOURNAL} FROM {_roles(service, users)}")
    for kind in users:
        for act in acts.get(kind, ()):
            for rights in JOURNAL_RIGHTS[act]:
                op.execute(f"GRANT {rights} TO {_roles(service, (kind,))}")
        if REPEATS not in acts.get(kind, ()):
            op.execute(f"DROP POLICY {kind} ON idempotency_key")


def give_journal_back(op: Any, service: str, acts: Mapping[str, tuple[str, ...]]) -> None:  # noqa: ANN401 - alembic's op module
    """The way back from `keep_journal_from`, to what the first databases had."""
    users = tuple(kind for kind in READERS if kind != "system")
    for rights in (*JOURNAL_RIGHTS[EMITS], *JOURNAL_RIGHTS[REPEATS], "SELECT ON outbox_pending"):
        op.execute(f"GRANT {rights} TO {_roles(service, users)}")
    for kind in users:
        if REPEATS not in acts.get(kind, ()):
            _keep_answers_for(op, service, kind, OWN_ANSWERS)


OWN_ANSWERS = "actor = nullif(current_setting('app.sub', true), '')"


def _keep_answers_for(op: Any, service: str, kind: str, rule: str) -> None:  # noqa: ANN401 - alembic's op module
    op.execute(f"CREATE POLICY {kind} ON idempotency_key TO {service}_s_{kind} USING ({rule}) WITH CHECK ({rule})")


def _protect_answers(op: Any, service: str) -> None:  # noqa: ANN401 - alembic's op module
    """Answers kept for a repeated request are for whoever sent it."""
    _force(op, "idempotency_key")
    for kind in READERS:
        _keep_answers_for(op, service, kind, "true" if kind == "system" else OWN_ANSWERS)


def _protect_person_scope(op: Any, service: str) -> None:  # noqa: ANN401 - alembic's op module
    _force(op, "person_scope")
    for kind in POLICIES:
        _reach_of(op, service, kind)


def _reach_of(op: Any, service: str, kind: str) -> None:  # noqa: ANN401 - alembic's op module
    rule = POLICIES[kind]
    op.execute(f"CREATE POLICY {kind} ON person_scope TO {service}_s_{kind} USING ({rule}) WITH CHECK ({rule})")


def ask_for_consent(op: Any, service: str) -> None:  # noqa: ANN401 - alembic's op module
    """Later migration of every service: caseworkers and supervisors reach only those who agreed to their organisation.

    Follow it with `fill_consents` where consents are kept already, else with `hear_consents_again`.
    """
    metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s"})
    attach_platform_tables(metadata)
    metadata.tables["casework_consent"].create(op.get_bind())
    _force(op, "casework_consent")
    for kind, rule in CONSENT_POLICIES.items():
        check = " WITH CHECK (true)" if kind == "system" else ""
        op.execute(f"CREATE POLICY {kind} ON casework_consent TO {service}_s_{kind} USING ({rule}){check}")
        op.execute(f"GRANT SELECT ON casework_consent TO {service}_s_{kind}")
    op.execute(f"GRANT INSERT, UPDATE, DELETE ON casework_consent TO {service}_s_system")
    for kind in ("caseload", "org"):
        rule = f"{POLICIES[kind]} AND {AGREED}"
        op.execute(f"ALTER POLICY {kind} ON person_scope USING ({rule}) WITH CHECK ({rule})")


def stop_asking_for_consent(op: Any) -> None:  # noqa: ANN401 - alembic's op module
    """The way back from `ask_for_consent`."""
    for kind in ("caseload", "org"):
        op.execute(f"ALTER POLICY {kind} ON person_scope USING ({POLICIES[kind]}) WITH CHECK ({POLICIES[kind]})")
    op.drop_table("casework_consent")


def hear_consents_again(op: Any, service: str) -> None:  # noqa: ANN401 - alembic's op module
    """In a service that read past consents until now: let a republished journal of intake bring them from the first on.

    The inbox goes with it: the versions of the other streams still refuse what was applied.
    """
    mine = f"consumer = '{service}.main'"
    op.execute(f"DELETE FROM consumed_stream WHERE {mine} AND source = 'intake' AND stream LIKE 'consent:%'")  # noqa: S608 - names come from migrations only
    op.execute(f"DELETE FROM inbox WHERE {mine}")  # noqa: S608 - names come from migrations only


def fill_consents(op: Any, table: str, consent_id: str, ended_at: str) -> None:  # noqa: ANN401 - alembic's op module
    """Where consents are kept already: what stands or stood is known at once. Names of the other table's columns.

    A migration works as the tables' owner, who is under forced row-level security like everybody: it is set aside
    inside the migration's transaction, in which nobody else sees the tables.
    """
    for name in (table, "casework_consent"):
        op.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
    kept = f"SELECT {consent_id}, person_id, recipient, valid_from, valid_to, {ended_at} FROM {table}"  # noqa: S608 - names come from migrations only
    counted = f"purpose = '{PURPOSE}' AND basis IN ('CONSENT', 'LEGAL_DUTY')"
    into = "casework_consent (consent_id, person_id, recipient, valid_from, valid_to, ended_at)"
    op.execute(f"INSERT INTO {into} {kept} WHERE {counted}")
    for name in (table, "casework_consent"):
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")


def _force(op: Any, table: str) -> None:  # noqa: ANN401 - alembic's op module
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def protect(
    op: Any,  # noqa: ANN401 - alembic's op module
    service: str,
    table: str,
    person_column: str = "person_id",
    kinds: tuple[str, ...] = ("facility", "caseload", "org", "national", "system"),
) -> None:
    """Force row-level security on a table about persons: each scope kind sees the persons it reaches.

    `kinds` lists who may touch the table at all (leave `national` out where names are). Grants come with it.
    """
    _force(op, table)
    condition = f"EXISTS (SELECT 1 FROM person_scope ps WHERE ps.person_id = {table}.{person_column})"  # noqa: S608 - names come from migrations only
    for kind in kinds:
        rule = "true" if kind == "system" else condition
        op.execute(f"CREATE POLICY {kind} ON {table} TO {service}_s_{kind} USING ({rule}) WITH CHECK ({rule})")
    grant_table(op, service, table, kinds)


def let_hold(op: Any, service: str, table: str, kinds: tuple[str, ...]) -> None:  # noqa: ANN401 - alembic's op module
    """Later migration: these kinds may lock rows in their reach against changes, and still change none.

    To lock a row takes the right to update a column of it; a policy that lets no changed row pass leaves nothing else.
    """
    op.execute(f"GRANT UPDATE (person_id) ON {table} TO {_roles(service, kinds)}")
    op.execute(
        f"CREATE POLICY held ON {table} AS RESTRICTIVE FOR UPDATE TO {_roles(service, kinds)} "
        "USING (true) WITH CHECK (false)"
    )


def let_go(op: Any, service: str, table: str, kinds: tuple[str, ...]) -> None:  # noqa: ANN401 - alembic's op module
    """The way back from `let_hold`."""
    op.execute(f"DROP POLICY held ON {table}")
    op.execute(f"REVOKE UPDATE ON {table} FROM {_roles(service, kinds)}")


def protect_by_facility(
    op: Any,  # noqa: ANN401 - alembic's op module
    service: str,
    table: str,
    facility_column: str = "facility",
    kinds: tuple[str, ...] = ("facility", "caseload", "org", "national", "system"),
) -> None:
    """Force row-level security on a table of a facility's things (cohorts): officers write their own facility's.

    Other scope kinds read all rows: a group's name and dates say nothing about a person.
    """
    _force(op, table)
    mine = f"{facility_column} = ANY (string_to_array(nullif(current_setting('app.facilities', true), ''), ','))"
    for kind in kinds:
        rule = mine if kind == "facility" else "true"
        op.execute(f"CREATE POLICY {kind} ON {table} TO {service}_s_{kind} USING ({rule}) WITH CHECK ({rule})")
    grant_table(op, service, table, kinds)


def grant_table(
    op: Any,  # noqa: ANN401 - alembic's op module
    service: str,
    table: str,
    kinds: tuple[str, ...] = ("facility", "caseload", "org", "national", "system"),
    privileges: str = "SELECT, INSERT, UPDATE",
) -> None:
    """Grant a table to scope roles; `national` and `oversight` only ever read. Nobody may delete but the system."""
    for kind in kinds:
        given = "SELECT" if kind in ("national", "oversight", "none") else privileges
        op.execute(f"GRANT {given} ON {table} TO {service}_s_{kind}")
    if "system" in kinds:
        op.execute(f"GRANT {privileges}, DELETE ON {table} TO {service}_s_system")
