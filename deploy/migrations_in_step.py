"""Check that each deployable's migrations, run on an empty database, give the tables its models describe.

Uses a throw-away PostgreSQL. Exits 1 and names each difference when they are not in step.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inzira_cli.processes import DEPLOYABLES, command, dsn, dsn_setting
from inzira_platform.embedded import EmbeddedPostgres, free_port
from inzira_platform.provision import Passwords, provision

PASSWORDS = Passwords(app="check", migrator="check")


async def check(deployable: str, postgres: EmbeddedPostgres, python: str = sys.executable) -> bool:
    """Provision, migrate and compare one deployable, run by ``python``; whether models and migrations agree."""
    await provision(postgres.dsn, deployable, PASSWORDS)
    server = f"127.0.0.1:{postgres.port}"
    prefix = deployable.upper()
    given = {dsn_setting(deployable, role): dsn(deployable, role, "check", server) for role in ("app", "migrator")}
    keys = {f"{prefix}_{name}": os.devnull for name in ("JWKS_FILE", "SIGNING_KEY_FILE", "FIELD_KEY_FILE")}
    variables = {**os.environ, **given, **keys, f"{prefix}_ENVIRONMENT": "local"}
    return all([await _run(python, deployable, action, variables) for action in ("migrate", "check-migrations")])


async def _run(python: str, deployable: str, action: str, variables: dict[str, str]) -> bool:
    running = await asyncio.create_subprocess_exec(
        python, *command(deployable, action), env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output, _ = await running.communicate()
    if running.returncode:
        print(f"{deployable} {action}:\n{output.decode(errors='replace')}", file=sys.stderr)
    return not running.returncode


async def check_all(postgres: EmbeddedPostgres) -> bool:
    """Whether every deployable is in step."""
    return all(await asyncio.gather(*[check(deployable, postgres) for deployable in DEPLOYABLES]))


@contextmanager
def throw_away_postgres() -> Iterator[EmbeddedPostgres]:
    """A cluster that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        postgres = EmbeddedPostgres(Path(folder, "postgres"), free_port(), durable=False)
        postgres.start()
        try:
            yield postgres
        finally:
            postgres.stop()


def main() -> int:
    """Exit code: 0 when in step, else 1."""
    with throw_away_postgres() as postgres:
        return 0 if asyncio.run(check_all(postgres)) else 1


if __name__ == "__main__":
    sys.exit(main())
