"""A stack for a benchmark: started in a temporary folder, with one officer, taken down at the end."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from inzira_cli.processes import OFFSETS, PORT_OFFSETS
from inzira_gateway.token.keys import Issuer, load_signing_key
from inzira_platform.auth import Principal
from inzira_platform.embedded import free_base

OFFICER = "bench-officer"
ADMIN = "bench-admin"


@dataclass(frozen=True)
class BenchStack:
    """Where it runs, and who signs in."""

    folder: Path
    base_port: int
    gateway: str
    postgres: str
    bootstrap: str
    password: str
    started_in: float

    def admin_dsn(self, database: str) -> str:
        """Address of one database for its superuser."""
        password = (self.folder / "secrets" / "postgres.password").read_text().strip()
        return f"postgresql://postgres:{password}@{self.postgres}/{database}"

    def service(self, name: str) -> str:
        """Address of one service, past the gateway."""
        return f"http://127.0.0.1:{self.base_port + PORT_OFFSETS[name]}"

    def internal(self, service: str) -> dict[str, str]:
        """Headers of the officer at a service itself, as the gateway would send them; good for 60 seconds."""
        issuer = Issuer(load_signing_key(self.folder / "secrets" / "gateway_key.json"))
        principal = Principal(
            sub="acc-bench", roles=frozenset({"rcs_intake_officer"}), scope_kind="facility", facilities=("HUY",),
            agency="RCS",
        )  # fmt: skip
        return {"Authorization": f"Bearer {issuer.internal(principal, service, datetime.now(UTC))}"}

    async def sign_in(self, client: aiohttp.ClientSession, username: str = OFFICER) -> dict[str, str]:
        """Headers of an account's session."""
        body = {"username": username, "password": self.password}
        async with client.post(f"{self.gateway}/v1/sessions", json=body) as response:
            response.raise_for_status()
            return {"Authorization": f"Bearer {(await response.json())['access_token']}"}


@contextmanager
def running_stack(kafka: str) -> Iterator[BenchStack]:
    """Start, yield, take down."""
    folder = Path(tempfile.mkdtemp(prefix="inzira-bench-"))
    folder.chmod(0o755)
    base = free_base(OFFSETS)
    try:
        began = time.perf_counter()
        _inzira("up", "--kafka", kafka, "--base-port", str(base), data=folder, GATEWAY_RATE_FACTOR="1000")
        started_in = time.perf_counter() - began
        password = secrets.token_urlsafe(16)
        officer = [OFFICER, "--name", "Bench Officer", "--role", "rcs_intake_officer", "--facility", "HUY"]
        admin = [ADMIN, "--name", "Bench Administrator", "--role", "administrator"]
        for account in (officer, admin):
            _inzira("accounts", "bootstrap", *account, data=folder, INZIRA_NEW_PASSWORD=password)
        known: dict[str, Any] = json.loads((folder / "stack.json").read_text())
        yield BenchStack(
            folder,
            base,
            f"http://127.0.0.1:{base}",
            known["postgres"],
            known["kafka_bootstrap"],
            password,
            started_in,
        )
    finally:
        _inzira("down", data=folder)
        shutil.rmtree(folder, ignore_errors=True)


def _inzira(*arguments: str, data: Path, **environment: str) -> None:
    command = [sys.executable, "-m", "inzira_cli", *arguments, "--data", str(data)]
    subprocess.run(command, check=True, stdout=sys.stderr, env={**os.environ, **environment})  # noqa: S603 - built here, from no input
