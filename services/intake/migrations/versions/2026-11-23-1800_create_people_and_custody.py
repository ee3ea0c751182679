"""Create people and custody, their row-level security and the two resolvers.

Revision ID: intake_0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from inzira_platform.migrations import create_platform_tables, protect
from sqlalchemy.dialects import postgresql

revision = "intake_0001"
down_revision = None

SERVICE = "intake"
KINDS = ("facility", "caseload", "org", "system")
CHANGING = ("person", "person_identifier", "episode")
GROWING = ("person_name_token", "admission_section", "custody_fact", "fact_correction")
NEVER_CHANGED = ("custody_fact", "fact_correction", "admission_section")

# The resolvers look past the caller's reach and answer with as little as an officer needs (security.md 4, rule 8):
# that something matches, never who or where. The owner of the tables has no login; only these run as it.
POSSIBLE_MATCH = """
CREATE FUNCTION possible_match(p_rcs bytea, p_national bytea, p_name_key text, p_born date, p_year int)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- two officers with the same papers take turns, so the second one sees what the first recorded
  PERFORM pg_advisory_xact_lock(hashtextextended(key, 11)) FROM (
    SELECT key FROM unnest(ARRAY[encode(p_rcs, 'hex'), encode(p_national, 'hex'), p_name_key]) AS key
    WHERE key IS NOT NULL ORDER BY key) AS keys;
  IF EXISTS (SELECT FROM person_identifier WHERE blind_index = p_rcs AND kind = 'RCS_NUMBER') THEN
    RETURN 'RCS_NUMBER';
  ELSIF EXISTS (SELECT FROM person_identifier WHERE blind_index = p_national AND kind = 'NATIONAL_ID') THEN
    RETURN 'NATIONAL_ID';
  ELSIF EXISTS (SELECT FROM person WHERE name_key = p_name_key
      AND (born_on = p_born OR ((born_on IS NULL OR p_born IS NULL) AND birth_year = p_year))) THEN
    RETURN 'NAME_AND_BIRTH';
  END IF;
  RETURN NULL;
END $$
"""

RELEASED_PERSON = """
CREATE FUNCTION released_person(p_kind text, p_blind bytea)
RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT min(i.person_id::text)::uuid FROM person_identifier i
  WHERE i.blind_index = p_blind AND i.kind = p_kind
    AND NOT EXISTS (SELECT FROM episode e WHERE e.person_id = i.person_id
      AND (e.closed_at IS NULL OR e.custody_state = 'DECEASED'))
    AND EXISTS (SELECT FROM episode e WHERE e.person_id = i.person_id)
  HAVING count(DISTINCT i.person_id) = 1
$$
"""


def upgrade() -> None:
    """Tables, then who may touch them."""
    create_platform_tables(op, SERVICE)
    _people()
    _custody()
    for table in (*CHANGING, *GROWING):
        protect(op, SERVICE, table, kinds=KINDS)
        # caseworkers and their supervisors read custody; they never write it
        op.execute(f"REVOKE INSERT, UPDATE ON {table} FROM {SERVICE}_s_caseload, {SERVICE}_s_org")
    for table in GROWING:
        op.execute(f"REVOKE UPDATE ON {table} FROM {SERVICE}_s_facility")
    for table in NEVER_CHANGED:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    # a changed name has other words
    op.execute(f"GRANT DELETE ON person_name_token TO {SERVICE}_s_facility")
    _resolvers()


def _resolvers() -> None:
    for table in ("person", "person_identifier", "episode"):
        op.execute(f"CREATE POLICY resolver ON {table} FOR SELECT TO {SERVICE}_owner USING (true)")
    for statement in (POSSIBLE_MATCH, RELEASED_PERSON):
        op.execute(statement)
    for function in ("possible_match(bytea, bytea, text, date, int)", "released_person(text, bytea)"):
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {SERVICE}_s_facility, {SERVICE}_s_system")


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("known_names", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("normalised_name", sa.Text(collation="C"), nullable=False),
        sa.Column("name_key", sa.Text(collation="C"), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("return_district", sa.Text(), nullable=True),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("warnings", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sex IN ('M', 'F', 'X', 'NOT_RECORDED')", name=op.f("ck_person_sex")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_name_key", "person", ["name_key"], unique=False)
    op.create_index("ix_person_normalised_name_person_id", "person", ["normalised_name", "person_id"], unique=False)
    op.create_table(
        "person_name_token",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name=op.f("fk_person_name_token_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "token", name=op.f("pk_person_name_token")),
    )
    op.create_index("ix_person_name_token_token_person_id", "person_name_token", ["token", "person_id"], unique=False)
    op.create_table(
        "person_identifier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("blind_index", sa.LargeBinary(), nullable=False),
        sa.Column("last4", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('RCS_NUMBER', 'NATIONAL_ID', 'PHONE')", name=op.f("ck_person_identifier_kind")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name=op.f("fk_person_identifier_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_identifier")),
    )
    op.create_index("ix_person_identifier_blind_index_kind", "person_identifier", ["blind_index", "kind"], unique=False)
    op.create_index("ix_person_identifier_person_id", "person_identifier", ["person_id"], unique=False)


def _custody() -> None:
    op.create_table(
        "episode",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("admission_kind", sa.Text(), nullable=False),
        sa.Column("readmission_type", sa.Text(), nullable=True),
        sa.Column("previous_episode_id", sa.Uuid(), nullable=True),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("order_authority", sa.Text(), nullable=False),
        sa.Column("order_issued_on", sa.Date(), nullable=True),
        sa.Column("order_scan_ref", sa.Text(), nullable=True),
        sa.Column("offences", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("facility", sa.Text(), nullable=False),
        sa.Column("incoming_facility", sa.Text(), nullable=True),
        sa.Column("custody_state", sa.Text(), nullable=False),
        sa.Column("legal_status", sa.Text(), nullable=False),
        sa.Column("supervision", sa.Text(), nullable=False),
        sa.Column("expected_release_on", sa.Date(), nullable=True),
        sa.Column("parole_eligible_on", sa.Date(), nullable=True),
        sa.Column("state_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (custody_state NOT IN ('RELEASED','DECEASED'))",
            name=op.f("ck_episode_closed"),
        ),
        sa.CheckConstraint(
            "custody_state IN ('PRE_ADMISSION', 'IN_FACILITY', 'IN_TRANSIT', 'HOSPITAL', 'AT_COURT', "
            "'TEMPORARY_LEAVE', 'HALFWAY', 'ESCAPED', 'RELEASED', 'DECEASED')",
            name=op.f("ck_episode_custody_state"),
        ),
        sa.CheckConstraint(
            "legal_status IN ('REMAND', 'CONVICTED_APPEALABLE', 'CONVICTED_FINAL', 'ACQUITTED', 'CASE_CLOSED')",
            name=op.f("ck_episode_legal_status"),
        ),
        sa.CheckConstraint(
            "supervision IN ('NONE', 'PAROLE', 'PARDON_CONDITIONS', 'TIG', 'VOLUNTARY_AFTERCARE')",
            name=op.f("ck_episode_supervision"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name=op.f("fk_episode_person_id_person")),
        sa.ForeignKeyConstraint(
            ["previous_episode_id"], ["episode.id"], name=op.f("fk_episode_previous_episode_id_episode")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode")),
    )
    op.create_index(
        "ix_episode_parole",
        "episode",
        ["parole_eligible_on", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_episode_person_id", "episode", ["person_id"], unique=False)
    op.create_index(
        "ix_episode_release",
        "episode",
        ["expected_release_on", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "uq_episode_open",
        "episode",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "admission_section",
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(answer = 'RECORDED') = (ciphertext IS NOT NULL)", name=op.f("ck_admission_section_recorded")
        ),
        sa.CheckConstraint(
            "answer IN ('RECORDED', 'NONE', 'UNKNOWN', 'DECLINED')", name=op.f("ck_admission_section_answer")
        ),
        sa.CheckConstraint(
            "section IN ('IDENTITY', 'REASONS', 'TIMES', 'INJURIES', 'PROPERTY', 'FAMILY', 'CONTACTS')",
            name=op.f("ck_admission_section_section"),
        ),
        sa.ForeignKeyConstraint(["episode_id"], ["episode.id"], name=op.f("fk_admission_section_episode_id_episode")),
        sa.PrimaryKeyConstraint("episode_id", "section", name=op.f("pk_admission_section")),
    )
    op.create_index("ix_admission_section_person_id", "admission_section", ["person_id"], unique=False)
    op.create_table(
        "custody_fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at_facility", sa.Text(), nullable=True),
        sa.Column("to_facility", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("due_back_on", sa.Date(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stream_version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('ADMITTED', 'TRANSFER_DEPARTED', 'TRANSFER_RECEIVED', 'HOSPITAL_OUT', "
            "'HOSPITAL_IN', 'COURT_OUT', 'COURT_IN', "
            "'LEAVE_GRANTED', 'LEAVE_RETURNED', 'HALFWAY_MOVED', 'ESCAPED', 'RECAPTURED', 'RELEASED', 'DIED')",
            name=op.f("ck_custody_fact_kind"),
        ),
        sa.ForeignKeyConstraint(["episode_id"], ["episode.id"], name=op.f("fk_custody_fact_episode_id_episode")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_fact")),
    )
    op.create_index(
        "ix_custody_fact_episode_id_occurred_at", "custody_fact", ["episode_id", "occurred_at"], unique=False
    )
    op.create_index("ix_custody_fact_person_id", "custody_fact", ["person_id"], unique=False)
    op.create_table(
        "fact_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("stream_version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["episode_id"], ["episode.id"], name=op.f("fk_fact_correction_episode_id_episode")),
        sa.ForeignKeyConstraint(["fact_id"], ["custody_fact.id"], name=op.f("fk_fact_correction_fact_id_custody_fact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_correction")),
    )
    op.create_index("ix_fact_correction_episode_id", "fact_correction", ["episode_id", "fact_id"], unique=False)
