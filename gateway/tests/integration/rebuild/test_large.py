"""A rebuild of many persons: what it reads grows with them, not with their square."""

import asyncio

import pytest
from inzira_gateway.rebuild import finishing
from inzira_gateway.rebuild.domain import SOURCES, Progress
from inzira_gateway.rebuild.finishing import Finishing
from inzira_gateway.transactions import Transactions
from inzira_platform.testing.client import Api

PERSONS, ENTRIES, AT_ONCE = 2_000, 5, 20
FILL = f"""
CREATE TEMP TABLE many AS SELECT uuidv7() AS id FROM generate_series(1, {PERSONS});
INSERT INTO journey_entry (generation, event_id, person_id, source, type, stream, version, occurred_at, recorded_at,
                           recorded_by, summary_code, refs)
  SELECT 1, uuidv7(), id, 'intake', 'inzira.intake.person.moved.v1', 'person:' || id, k, now(), now(), 'fill', 'moved',
         '{{"kind": "COURT_OUT", "from_facility": "HUY", "custody_state": "AT_COURT"}}'
  FROM many, generate_series(1, {ENTRIES}) k;
INSERT INTO person_head (generation, person_id, custody_state, facility, versions, updated_at)
  SELECT 1, id, 'AT_COURT', 'HUY', '{{"intake": {ENTRIES}}}', now() FROM many;
ANALYZE journey_entry, person_head;
INSERT INTO projection (generation, state, started_at, requested_by, reason) VALUES (2, 'BUILDING', now(), 'x', 'x');
CREATE TEMP TABLE again AS SELECT * FROM journey_entry;
UPDATE again SET generation = 2;
INSERT INTO journey_entry SELECT * FROM again;
"""  # noqa: S608 - numbers of this file
READ = """
SELECT sum(t.seq_tup_read)::bigint + (SELECT sum(i.idx_tup_read)::bigint FROM pg_stat_user_indexes i
  WHERE i.relname IN ('journey_entry', 'person_head'))
FROM pg_stat_user_tables t WHERE t.relname IN ('journey_entry', 'person_head')
"""


async def test_nobody_is_looked_for_among_all_the_others(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL knew one generation when the second was filled: it took it for empty, and read all of it each time."""
    monkeypatch.setattr(finishing, "PERSONS_AT_ONCE", AT_ONCE)
    await api.database.execute(FILL)
    before = await api.database.value(READ)
    end = Finishing(Transactions(api.app.state.sessions), api.clock)
    await end.end(2, Progress(done=SOURCES))
    await asyncio.sleep(1.5)  # a session reports once a second at most
    read = await api.database.value(READ) - before
    assert await api.database.value("SELECT generation FROM projection WHERE state = 'ACTIVE'") == 2
    heads = "SELECT count(*) FROM person_head WHERE generation = 2 AND versions = '{\"intake\": 5}'"
    assert await api.database.value(heads) == PERSONS
    assert read < 20 * PERSONS * ENTRIES, f"{read / PERSONS / ENTRIES:.0f} rows for each entry"
