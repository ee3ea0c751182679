"""Every right of the roles that only look, on every table of every database, against what is written by hand."""

from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import pytest
import yaml
from cells import FOLDER, SERVICES
from fleet import SERVICES as DEPLOYABLES
from fleet import Ground
from inzira_platform.provision import SCOPES, scope_role
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.testing.plugin import make_database

LOOKING = ("national", "oversight", "none", "partner")
JOURNAL = frozenset({"event_stream", "outbox", "outbox_pending", "idempotency_key"})
# A right of the whole table as its name, one of some columns with these; of tables, partitions and views alike.
RIGHTS = """
WITH held AS (
  SELECT c.oid, c.relname::text AS name, p.name AS privilege, has_table_privilege($1, c.oid, p.name) AS whole
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
    unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']) AS p(name)
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
), listed AS (
  SELECT h.*, CASE WHEN h.whole THEN '' ELSE (
    SELECT string_agg(a.attname::text, ', ' ORDER BY a.attname::text) FROM pg_attribute a
    WHERE a.attrelid = h.oid AND a.attnum > 0 AND NOT a.attisdropped
      AND CASE WHEN h.privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
        THEN has_column_privilege($1, h.oid, a.attnum, h.privilege) ELSE false END) END AS columns
  FROM held h
)
SELECT name, string_agg(privilege || CASE WHEN columns = '' THEN '' ELSE '(' || columns || ')' END, ' '
  ORDER BY privilege) AS rights
FROM listed WHERE whole OR columns IS NOT NULL GROUP BY name
"""


@cache
def written() -> dict[str, Any]:
    """`policy/rights.yaml`."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / "rights.yaml").read_text("utf-8"))
    return found


def expected(service: str, kind: str) -> dict[str, str]:
    """Rights by table."""
    lines = written()[service].get(kind, {})
    looks = {name: rights for names, rights in lines.items() for name in names.split(", ")}
    return {**looks, **of_journal(service, kind)}


def of_journal(service: str, kind: str) -> dict[str, str]:
    """Rights on the journal, by table: what the acts of the kind take."""
    given = written()["journal"][service]
    acts = [act for kinds, acts in given.items() if kind in kinds.split(", ") for act in acts]
    return {table: rights for act in acts for table, rights in written()["acts"][act].items()}


@pytest.fixture(params=SERVICES, scope="module")
async def database(request: pytest.FixtureRequest, module_ground: Ground) -> AsyncIterator[ServiceDatabase]:
    """Each database in turn, as migrated."""
    made = await make_database(DEPLOYABLES[request.param], module_ground.postgres)
    yield made
    await made.drop()


async def rights_of(database: ServiceDatabase, kind: str) -> dict[str, str]:
    rows = await database.rows(RIGHTS, scope_role(database.service, kind))
    return {row["name"]: row["rights"] for row in rows}


@pytest.mark.parametrize("kind", LOOKING)
async def test_who_only_looks_has_these_rights_and_no_others(database: ServiceDatabase, kind: str) -> None:
    assert await rights_of(database, kind) == expected(database.service, kind)


@pytest.mark.parametrize("kind", sorted(set(SCOPES) - {"system"}))
async def test_each_kind_writes_to_the_journal_what_its_acts_take(database: ServiceDatabase, kind: str) -> None:
    found = await rights_of(database, kind)
    assert {name: rights for name, rights in found.items() if name in JOURNAL} == of_journal(database.service, kind)


async def test_who_may_be_seen_by_whom_is_written_by_these_alone(database: ServiceDatabase) -> None:
    writers = {}
    for kind in set(SCOPES) - {"system", "partner"}:
        rights = (await rights_of(database, kind)).get("person_scope", "").split()
        writers[kind] = " ".join(right for right in rights if right != "SELECT")
    found = {kind: rights for kind, rights in writers.items() if rights}
    assert found == written()["person_scope"][database.service]
    assert (await rights_of(database, "system"))["person_scope"] == "INSERT SELECT UPDATE"
