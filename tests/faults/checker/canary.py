"""Nothing of who a person is leaves intake: not in events, not in other databases, not in logs."""

import re
from collections.abc import Iterator

from evidence import DATABASES, Evidence
from verdict import Violation

CANARY = r"kanarix|9[0-9]{5}73553[0-9]{5}"
TABLES = """
SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
"""


async def check(evidence: Evidence) -> Iterator[Violation]:
    found: list[Violation] = []
    pattern = re.compile(CANARY, re.IGNORECASE)
    for name in DATABASES:
        query = "SELECT count(*) AS n FROM outbox WHERE convert_from(payload, 'UTF8') ~* $1 OR headers::text ~* $1"
        if number := (await evidence.rows(name, query, CANARY))[0]["n"]:
            found.append(Violation("personal data in events", f"{name}: {number} events"))
        if name != "intake":
            found += await _tables(evidence, name)
    for file in sorted(evidence.logs.glob("*.log*")):
        with file.open(encoding="utf-8", errors="replace") as lines:
            hits = sum(1 for line in lines if pattern.search(line))
        if hits:
            found.append(Violation("personal data in logs", f"{file.name}: {hits} lines"))
    return iter(found)


async def _tables(evidence: Evidence, name: str) -> list[Violation]:
    found = []
    for table in await evidence.rows(name, TABLES):
        query = f"SELECT count(*) AS n FROM {table['name']} t WHERE t::text ~* $1"  # noqa: S608 - names of the catalogue
        if number := (await evidence.rows(name, query, CANARY))[0]["n"]:
            found.append(Violation("personal data outside intake", f"{name}.{table['name']}: {number} rows"))
    return found
