"""A service's database in a test: its addresses, and a look inside that no policy hides."""

from collections.abc import Callable
from typing import Any

import asyncpg
from inzira_contracts.event import Event
from inzira_contracts.registry import read_event

from inzira_platform.embedded import EmbeddedPostgres


class ServiceDatabase:
    """One cloned database."""

    def __init__(self, service: str, name: str, postgres: EmbeddedPostgres) -> None:
        """Made by the `database` fixture or `make_database`."""
        self.service = service
        self.name = name
        self._postgres = postgres

    @property
    def app_dsn(self) -> str:
        """As the running service."""
        return f"postgresql://{self.service}_app:app@127.0.0.1:{self._postgres.port}/{self.name}"

    @property
    def migrator_dsn(self) -> str:
        """As the migrate job."""
        return f"postgresql://{self.service}_migrator:migrator@127.0.0.1:{self._postgres.port}/{self.name}"

    @property
    def admin_dsn(self) -> str:
        """As the superuser, past every policy."""
        return self._postgres.dsn.rsplit("/", 1)[0] + f"/{self.name}"

    async def rows(self, sql: str, *arguments: object) -> list[dict[str, Any]]:
        """Rows as the superuser sees them."""
        connection = await asyncpg.connect(self.admin_dsn)
        try:
            return [dict(row) for row in await connection.fetch(sql, *arguments)]
        finally:
            await connection.close()

    async def value(self, sql: str, *arguments: object) -> Any:  # noqa: ANN401 - any column
        """First column of the first row; None when there is none."""
        found = await self.rows(sql, *arguments)
        return next(iter(found[0].values())) if found else None

    async def execute(self, sql: str, *arguments: object) -> None:
        """Run a statement as the superuser."""
        connection = await asyncpg.connect(self.admin_dsn)
        try:
            await connection.execute(sql, *arguments)
        finally:
            await connection.close()

    async def events(self, *, access: bool = False) -> list[Event]:
        """What the service has emitted, in journal order; access records only when asked for."""
        rows = await self.rows("SELECT topic, type, payload FROM outbox ORDER BY seq")
        return [read_event(r["type"], bytes(r["payload"])) for r in rows if access == (r["topic"] == "inzira.access")]

    async def drop(self) -> None:
        """Remove the database."""
        admin = await asyncpg.connect(self._postgres.dsn)
        try:
            await admin.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        finally:
            await admin.close()


async def migrate_as_owner(database: ServiceDatabase, owner: str, step: Callable[..., None], *given: str) -> None:
    """Run one step of a migration on a database that is filled, under the role a migration works as."""
    told: list[str] = []

    class Op:
        execute = staticmethod(told.append)

    step(Op, *given)
    await database.execute("\n".join([f"SET ROLE {owner};", *(f"{statement};" for statement in told), "RESET ROLE"]))
