"""The migrations make the tables the models describe."""

from inzira_platform.migrate import drift
from inzira_platform.testing.database import ServiceDatabase
from inzira_tvet.models import Base


async def test_models_and_migrations_are_in_step(database: ServiceDatabase) -> None:
    assert await drift(database.migrator_dsn, Base.metadata) == []
