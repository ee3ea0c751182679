"""The migrated database is what the models say, and hides what it must."""

from inzira_intake.models import Base
from inzira_platform.migrate import drift
from inzira_platform.testing.database import ServiceDatabase

FORCED = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relforcerowsecurity AND relrowsecurity"


async def test_models_and_migrations_are_in_step(database: ServiceDatabase) -> None:
    assert await drift(database.migrator_dsn, Base.metadata) == []


async def test_every_table_about_a_person_is_behind_forced_row_level_security(database: ServiceDatabase) -> None:
    about = await database.rows(
        "SELECT DISTINCT table_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_name = 'person_id'"
    )
    forced = {row["relname"] for row in await database.rows(FORCED)}
    assert {row["table_name"] for row in about} <= forced
