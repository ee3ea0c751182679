"""What the rows about events stand on: PostgreSQL with fsync on, a broker, and databases their services migrated."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from inzira_gateway.main import SERVICE as GATEWAY
from inzira_intake.main import SERVICE as INTAKE
from inzira_platform.broker import BrokerSettings
from inzira_platform.embedded import ApacheKafka, Child, EmbeddedBroker, EmbeddedPostgres, free_port
from inzira_platform.migrate import migrate
from inzira_platform.provision import Passwords, provision
from inzira_platform.service import Runtime, Service
from inzira_platform.worker import make_runtime
from joserfc.jwk import ECKey

PASSWORDS = Passwords("app", "migrator")
SERVICES = {"intake": INTAKE, "gateway": GATEWAY}


class LogicalPostgres(EmbeddedPostgres):
    """Its log can also be decoded, which Debezium rests on; so for every row, as all share one server's settings."""

    def command(self) -> list[str]:
        """As any other, with more in the log."""
        return [*super().command(), "-c", "wal_level=logical"]


@dataclass(frozen=True)
class Ground:
    """Where the database and the broker are."""

    folder: Path
    postgres: EmbeddedPostgres
    bootstrap: str
    kafka: str

    @property
    def broker(self) -> BrokerSettings:
        """As the local stack sets it: idempotent producers where the broker takes them."""
        return BrokerSettings(self.bootstrap, self.kafka == "apache", 20 if self.kafka == "tansu" else 500, 10_000)

    def admin_dsn(self, database: str) -> str:
        """Past every policy."""
        return self.postgres.dsn.rsplit("/", 1)[0] + f"/{database}"

    def app_dsn(self, database: str) -> str:
        """As the running service."""
        return f"postgresql://{database}_app:app@127.0.0.1:{self.postgres.port}/{database}"

    def runtime(self, service: Service) -> Runtime:
        """A worker's runtime on this ground."""
        return make_runtime(service, self._settings(service))

    def _settings(self, service: Service) -> Any:  # noqa: ANN401 - settings of any service
        values: dict[str, Any] = {
            "environment": "local",
            "database_dsn": self.app_dsn(service.name),
            "kafka_bootstrap": self.bootstrap,
            "kafka_idempotence": self.broker.idempotence,
            "kafka_fetch_wait_ms": self.broker.fetch_wait_ms,
            "kafka_session_ms": self.broker.session_ms,
            "jwks_file": self.folder / "jwks.json",
            "signing_key_file": self.folder / "gateway_key.json",
            "field_key_file": self.folder / "field.key",
            "test_data": True,
        }
        return service.settings(**values)

    async def run(self, database: str, *statements: str) -> None:
        """Run statements as the administrator."""
        connection = await asyncpg.connect(self.admin_dsn(database))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def empty(self, database: str, tables: Sequence[str]) -> None:
        """Remove every row of these tables, and let what is left settle on disk."""
        await self.run(database, f"TRUNCATE {', '.join(tables)}", "CHECKPOINT")


@contextmanager
def prepared(kafka: str) -> Iterator[Ground]:
    """Start, migrate, yield, take down."""
    folder = Path(tempfile.mkdtemp(prefix="inzira-ground-"))
    folder.chmod(0o755)
    postgres = LogicalPostgres(folder / "postgres", free_port())
    broker: Child = (
        ApacheKafka(folder / "kafka", free_port())
        if kafka == "apache"
        else EmbeddedBroker(free_port(), folder / "broker")
    )
    try:
        postgres.start()
        broker.start()
        key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        (folder / "gateway_key.json").write_text(json.dumps(key.as_dict(private=True)))
        (folder / "gateway_key.json").chmod(0o600)
        (folder / "jwks.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
        ground = Ground(folder, postgres, f"127.0.0.1:{broker.port}", kafka)
        asyncio.run(_migrated(ground))
        yield ground
    finally:
        broker.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _migrated(ground: Ground) -> None:
    for name, service in SERVICES.items():
        await provision(ground.postgres.dsn, name, PASSWORDS)
        assert service.migrations is not None  # noqa: S101 - both have a database
        await migrate(
            f"postgresql://{name}_migrator:migrator@127.0.0.1:{ground.postgres.port}/{name}", service.migrations
        )
