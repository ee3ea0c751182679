"""What PostgreSQL's catalogue says of a service's database, and what is allowed to be unprotected there."""

from collections.abc import Mapping
from dataclasses import dataclass

from inzira_platform.provision import SCOPES, scope_role
from inzira_platform.testing.database import ServiceDatabase

KEEPERS = frozenset({"system", "oversight"})
"""Scope kinds that see every person by their task: the service's own work, and the data protection officer."""

UNPROTECTED: Mapping[str, str] = {
    "alembic_version": "the migration a database is at",
    "consumed_epoch": "log epochs, by partition",
    "consumed_stream": "versions applied, by stream; the service's own work only",
    "consumer_position": "offsets",
    "event_stream": "the next version of each stream: ids and numbers",
    "inbox": "ids of events applied; the service's own work only",
    "outbox": "the journal: whoever writes an event reads its place back, its content is the service's own",
    "outbox_pending": "sequence numbers of what is not published yet",
    "parked_event": "events that wait; the service's own work only",
    "relay_epoch": "the log epoch",
    "relay_log": "offsets",
    "access_entry": "who looked at what; data protection officer",
    "access_subject": "who was looked at; data protection officer",
    "account": "the accounts themselves, by code of the gateway only",
    "account_change": "the accounts themselves, by code of the gateway only",
    "assertion_seen": "used assertions of partners",
    "feed_counter": "a number",
    "feed_event": "what partners are told, decided by consent when it is read; the gateway's own work",
    "feed_subject": "what partners are told, decided by consent when it is read; the gateway's own work",
    "login_attempt": "failed sign-ins",
    "pairwise": "ids persons have towards a partner; the gateway's own work",
    "partner": "organisations",
    "partner_key": "public keys of organisations",
    "partner_record": "what was decided about an organisation",
    "projection": "which journey entries are of which generation",
    "refresh_token": "hashes of tokens",
    "session": "who is signed in",
    "source_seen": "ages of sources",
    "webhook_delivery": "what came of waking a partner's system; by code of the gateway only",
    "webhook_endpoint": "where a partner's system is woken; by code of the gateway only",
    "webhook_key": "public keys, and private ones encrypted; by code of the gateway only",
    "webhook_message": "that a partner's system is to be woken; by code of the gateway only",
    "statistic_cell": "figures of no person; the gateway's own work",
    "statistic_release": "which month's figures were made when",
}
"""Tables without row-level security, each with its reason."""

TABLES = """
SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced, pg_get_userbyid(c.relowner) AS owner,
       EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'person_id') AS about_persons
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1
"""


@dataclass(frozen=True)
class Table:
    """One table as the catalogue has it; `readers` are the scope kinds that may read all its columns."""

    name: str
    forced: bool
    owner: str
    about_persons: bool
    readers: frozenset[str]


async def tables_of(database: ServiceDatabase) -> list[Table]:
    """Every table of the service, partitions left out."""
    found = []
    for row in await database.rows(TABLES):
        readers = [
            kind
            for kind in SCOPES
            if await database.value(
                "SELECT has_table_privilege($1, $2, 'SELECT')",
                scope_role(database.service, kind),
                f"public.{row['name']}",
            )
        ]
        found.append(Table(**row, readers=frozenset(readers)))
    return found
