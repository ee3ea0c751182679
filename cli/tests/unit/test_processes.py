"""The table of processes: names, commands, ports and settings."""

from pathlib import PurePath

import pytest
from inzira_cli.processes import (
    DEPLOYABLES,
    OFFSETS,
    PORT_OFFSETS,
    Site,
    dsn,
    dsn_setting,
    local_port,
    processes,
    settings,
)

SITE = Site(
    environment="local",
    log_format="json",
    test_data=True,
    kafka_bootstrap="127.0.0.1:8892",
    kafka_idempotence=False,
    kafka_fetch_wait_ms=100,
    kafka_session_ms=6000,
    listen_on="127.0.0.1",
    secrets=PurePath("/secrets"),
    port=local_port(8800),
    host=lambda _: "127.0.0.1",
)


def test_every_deployable_runs_an_api_and_a_worker() -> None:
    assert [process.name for process in processes()] == [
        f"{deployable}-{action}" for deployable in DEPLOYABLES for action in ("api", "worker")
    ]


def test_ports_never_meet() -> None:
    assert len(set(OFFSETS)) == len(OFFSETS) == len(PORT_OFFSETS) + 3


@pytest.mark.parametrize("deployable", DEPLOYABLES)
def test_settings_carry_the_deployables_own_prefix_and_no_password(deployable: str) -> None:
    given = settings(deployable, SITE)
    assert all(name.startswith(f"{deployable.upper()}_") for name in given)
    assert not any("DSN" in name for name in given)


def test_gateway_knows_where_each_service_answers() -> None:
    given = settings("gateway", SITE)
    assert given["GATEWAY_UPSTREAM_INTAKE"] == "http://127.0.0.1:8811"
    assert given["GATEWAY_UPSTREAM_REINTEGRATION"] == "http://127.0.0.1:8814"


def test_address_of_a_login_names_its_role_and_database() -> None:
    assert dsn("tvet", "app", "secret", "db:5432") == "postgresql://tvet_app:secret@db:5432/tvet"
    assert dsn_setting("tvet", "migrator") == "TVET_MIGRATOR_DSN"
