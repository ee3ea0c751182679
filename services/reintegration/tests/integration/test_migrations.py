"""The migrated database is what the models say."""

from inzira_platform.migrate import drift
from inzira_platform.testing.database import ServiceDatabase
from inzira_reintegration.models import Base

OPEN_TO_FACILITY = {"reintegration_case", "worker_assignment", "handover", "due_item"}


async def test_models_and_migrations_are_in_step(database: ServiceDatabase) -> None:
    assert await drift(database.migrator_dsn, Base.metadata) == []


async def test_every_table_about_persons_is_protected(database: ServiceDatabase) -> None:
    rows = await database.rows(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'person_id' "
        "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace "
        "AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    )
    assert rows == []


async def test_what_was_found_at_visits_is_not_granted_to_facilities(database: ServiceDatabase) -> None:
    rows = await database.rows(
        "SELECT table_name FROM information_schema.role_table_grants WHERE grantee = 'reintegration_s_facility' "
        "AND table_name IN (SELECT table_name FROM information_schema.columns WHERE column_name = 'person_id')"
    )
    assert {row["table_name"] for row in rows} == OPEN_TO_FACILITY | {"person_scope", "casework_consent"}
