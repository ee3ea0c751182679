"""pytest fixtures every package shares: a real PostgreSQL, a real broker, a service on its own migrated database.

A service's conftest.py defines one session fixture, `service`, and may override `extra_settings` and `clock`.
"""

import json
import os
from collections.abc import AsyncIterator, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import hypothesis
import pytest
from joserfc.jwk import ECKey

from inzira_platform.clock import FixedClock
from inzira_platform.embedded import ApacheKafka, Child, EmbeddedBroker, EmbeddedPostgres, free_port
from inzira_platform.logging import configure_logging
from inzira_platform.migrate import migrate
from inzira_platform.provision import Passwords, provision
from inzira_platform.service import Service
from inzira_platform.settings import ServiceSettings
from inzira_platform.testing.client import Api, Keys
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.testing.deliveries import Deliveries
from inzira_platform.testing.folders import server_folder

NOON = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
_TEMPLATES: dict[str, str] = {}


def pytest_configure() -> None:
    """Log as a service does: without values, and without a pretty traceback's locals. No example is timed."""
    configure_logging("test", "pytest", "console")
    hypothesis.settings.register_profile("inzira", deadline=None)
    hypothesis.settings.load_profile("inzira")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Of what a failed test logged, the requests that were answered say nothing of why, and hide the lines that do."""
    report = yield
    report.sections = [
        (name, "".join(line for line in lines.splitlines(keepends=True) if "request.answered" not in line))
        for name, lines in report.sections
    ]
    return report


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A cluster of its own for this test process; nothing is durable."""
    with server_folder("postgres") as folder:
        server = EmbeddedPostgres(folder / "data", free_port(), durable=False)
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    """host:port of a broker: the embedded one, or Apache Kafka when INZIRA_TEST_BROKER=apache."""
    apache = os.environ.get("INZIRA_TEST_BROKER") == "apache"
    with server_folder("broker") as folder:
        server: Child = (
            ApacheKafka(folder / "data", free_port()) if apache else EmbeddedBroker(free_port(), folder / "data")
        )
        server.start()
        yield f"127.0.0.1:{server.port}"
        server.stop()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """The gateway's signing key of this test process, and the public set services read."""
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    file = tmp_path_factory.mktemp("keys") / "jwks.json"
    file.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    return Keys(key, file)


@pytest.fixture
def clock() -> FixedClock:
    """Stands at 12:00 in Kigali on 23 November 2026."""
    return FixedClock(NOON)


@pytest.fixture(scope="session")
def extra_settings() -> dict[str, Any]:
    """Settings a service needs beyond the shared ones; override in conftest."""
    return {}


@pytest.fixture
async def database(service: Service, postgres: EmbeddedPostgres) -> AsyncIterator[ServiceDatabase]:
    """A fresh migrated database of `service`, cloned from a template made once per process."""
    made = await make_database(service, postgres)
    yield made
    await made.drop()


async def make_database(service: Service, postgres: EmbeddedPostgres) -> ServiceDatabase:
    """Clone a migrated database for `service`; several services may have one each in the same test."""
    template = await _template(service, postgres)
    name = f"{service.name}_{os.urandom(5).hex()}"
    admin = await asyncpg.connect(postgres.dsn)
    try:
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        await admin.execute(f'GRANT CONNECT ON DATABASE "{name}" TO "{service.name}_app"')
    finally:
        await admin.close()
    return ServiceDatabase(service.name, name, postgres)


async def _template(service: Service, postgres: EmbeddedPostgres) -> str:
    key = f"{postgres.port}/{service.name}/{service.migrations}"  # the platform's sample borrows a service's name
    if key not in _TEMPLATES:
        name = f"{service.name}_template_{len(_TEMPLATES)}"
        await provision(postgres.dsn, service.name, Passwords("app", "migrator"), database=name)
        dsn = f"postgresql://{service.name}_migrator:migrator@127.0.0.1:{postgres.port}/{name}"
        await migrate(dsn, service.migrations or Path())
        _TEMPLATES[key] = name
    return _TEMPLATES[key]


@pytest.fixture
def settings(
    service: Service, database: ServiceDatabase, keys: Keys, extra_settings: dict[str, Any]
) -> ServiceSettings:
    """Settings of `service` for this test's database; the broker's address is set by tests that use one."""
    return make_settings(service, database, keys, **extra_settings)


def make_settings(service: Service, database: ServiceDatabase, keys: Keys, **extra: Any) -> ServiceSettings:  # noqa: ANN401 - settings of any type
    """Settings of `service` on `database`."""
    values: dict[str, Any] = {
        "environment": "local",
        "database_dsn": database.app_dsn,
        "migrator_dsn": database.migrator_dsn,
        "kafka_bootstrap": "127.0.0.1:1",
        "kafka_idempotence": os.environ.get("INZIRA_TEST_BROKER") == "apache",
        "kafka_fetch_wait_ms": 20,
        "kafka_session_ms": 6000,
        "jwks_file": keys.jwks_file,
        "test_data": True,
        "log_format": "console",
        **extra,
    }
    return service.settings(**values)


@pytest.fixture
async def api(
    service: Service, settings: ServiceSettings, database: ServiceDatabase, keys: Keys, clock: FixedClock
) -> AsyncIterator[Api]:
    """The service's app in this process, behind its real middleware, on its real database."""
    async with Api.running(service, settings, database, keys, clock) as running:
        yield running


@pytest.fixture
async def deliveries(
    service: Service, settings: ServiceSettings, database: ServiceDatabase, clock: FixedClock
) -> AsyncIterator[Deliveries]:
    """Feeds events to the service's real consumer code, and runs its scanners."""
    async with Deliveries.running(service, settings, database, clock) as running:
        yield running
