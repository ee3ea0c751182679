"""Which pg_dump is taken, and how it is told where to go."""

from pathlib import Path

import pytest
from inzira_cli.backup import tools
from inzira_cli.backup.manifest import BackupError
from inzira_cli.backup.tools import Address, find

ADDRESS = Address("postgresql://admin:p%40ss%2Fword@127.0.0.1:5433/postgres?sslmode=disable")


def test_a_database_is_named_with_and_without_the_password() -> None:
    assert ADDRESS.server == "127.0.0.1:5433"
    assert ADDRESS.at("tvet") == "postgresql://admin:p%40ss%2Fword@127.0.0.1:5433/tvet?sslmode=disable"
    assert ADDRESS.open_to_all("tvet") == "postgresql://admin@127.0.0.1:5433/tvet?sslmode=disable"


def test_the_password_goes_by_the_environment_and_no_other_variable_misleads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "elsewhere.example")
    environment = ADDRESS.environment()
    assert environment["PGPASSWORD"] == "p@ss/word"
    assert "PGHOST" not in environment


def test_ours_is_taken_and_one_older_than_the_server_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find("pg_dump", 18).major >= 18
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)'\n")
    old.chmod(0o755)
    monkeypatch.setattr(tools, "_candidates", lambda _name: [old, tmp_path / "absent"])
    assert find("pg_dump", 15).version == "15.18"
    with pytest.raises(BackupError, match=r"PostgreSQL 18 or newer is needed; found: .* 15\.18"):
        find("pg_dump", 18)


async def test_a_tool_that_fails_says_why() -> None:
    nowhere = Address("postgresql://admin:secret@127.0.0.1:1/postgres")
    with pytest.raises(
        BackupError, match=r"pg_dump failed: connection to server .* failed: Connection refused"
    ) as caught:
        await tools.run(find("pg_dump", 18), nowhere, f"--dbname={nowhere.open_to_all('tvet')}")
    assert "secret" not in str(caught.value)
