"""Many persons at once, by SQL: the rows that admissions and their events would have left, of everything a read or an
admission looks at. Invented like all others; their numbers and ciphertexts are random bytes nobody can open."""

import asyncpg

FACILITIES = ("HUY", "MUS", "NYA", "RWA", "BUG", "NGO", "MUH", "RUB", "NYG", "NSI", "RUS", "KIG", "GIC", "MPA")
ENTRIES = 10

INTAKE = """
CREATE TEMP TABLE fill AS SELECT n, uuidv7() AS id, (ARRAY[{facilities}])[1 + n % {count}] AS facility,
  date '1950-01-01' + (n::bigint * 7919 % 20000)::int AS born_on, md5(n::text) AS name
  FROM generate_series({first}, {last}) n;
INSERT INTO person_scope (person_id, facility, custody_state, updated_at)
  SELECT id, facility, 'IN_FACILITY', now() FROM fill;
INSERT INTO person (person_id, full_name, known_names, normalised_name, name_key, sex, born_on, warnings, version,
                    recorded_at, recorded_by, updated_at)
  SELECT id, name, ARRAY[name], name, name, CASE n % 2 WHEN 0 THEN 'M' ELSE 'F' END, born_on, '{{}}', 1, now(),
         'fill', now() FROM fill;
INSERT INTO person_name_token (person_id, token) SELECT id, name FROM fill;
INSERT INTO person_identifier (id, person_id, kind, ciphertext, key_version, blind_index, last4, recorded_at,
                               recorded_by)
  SELECT uuidv7(), id, 'RCS_NUMBER', decode(md5(n::text), 'hex'), 1, sha256(n::text::bytea), '0000', now(), 'fill'
  FROM fill;
INSERT INTO episode (id, person_id, admission_kind, order_number, order_authority, offences, facility, custody_state,
                     legal_status, supervision, version, recorded_at, recorded_by)
  SELECT uuidv7(), id, 'NEW', 'ORD/' || n, 'Court', '{{}}', facility, 'IN_FACILITY', 'CONVICTED_FINAL', 'NONE', 1,
         now(), 'fill' FROM fill;
"""
GATEWAY = """
INSERT INTO person_scope (person_id, facility, custody_state, district, updated_at)
  SELECT id, facility, 'IN_FACILITY', '24', now() FROM fill;
INSERT INTO person_head (generation, person_id, custody_state, facility, expected_release_on, next_due_on, stage,
                         versions, updated_at)
  SELECT {generation}, id, 'IN_FACILITY', facility, date '2027-01-01' + n % 3000, date '2027-01-01' + n % 3000,
         'ADMITTED', '{{"intake": {entries}}}', timestamptz '2026-01-01' + n * interval '1 second' FROM fill;
INSERT INTO journey_entry (generation, event_id, person_id, source, type, stream, version, occurred_at, recorded_at,
                           recorded_by, summary_code, refs)
  SELECT {generation}, uuidv7(), id, 'intake', 'inzira.intake.person.moved.v1', 'person:' || id, k,
         timestamptz '2026-01-01' + k * interval '1 day', now(), 'fill', 'intake.person.moved:COURT_OUT',
         jsonb_build_object('kind', 'COURT_OUT', 'from_facility', facility, 'custody_state', 'AT_COURT')
  FROM fill, generate_series(1, {entries}) k;
"""


async def fill(intake: str, gateway: str, first: int, last: int) -> None:
    """Persons number `first` to `last` into both databases (administrators' addresses), then statistics."""
    one, other = await asyncpg.connect(intake), await asyncpg.connect(gateway)
    try:
        names = ", ".join(f"'{name}'" for name in FACILITIES)
        await one.execute("SET session_replication_role = replica; SET statement_timeout = 0")
        await one.execute(INTAKE.format(facilities=names, count=len(FACILITIES), first=first, last=last))
        rows = await one.fetch("SELECT n, id, facility FROM fill")
        await one.execute("DROP TABLE fill")
        await other.execute("CREATE TEMP TABLE fill (n int, id uuid, facility text)")
        await other.copy_records_to_table("fill", records=rows)
        generation = await other.fetchval("SELECT generation FROM projection WHERE state = 'ACTIVE'")
        await other.execute("SET statement_timeout = 0")
        await other.execute(GATEWAY.format(generation=generation, entries=ENTRIES))
        await other.execute("DROP TABLE fill")
        for connection in (one, other):
            await connection.execute("VACUUM ANALYZE")
            await connection.execute("CHECKPOINT")
    finally:
        await one.close()
        await other.close()
