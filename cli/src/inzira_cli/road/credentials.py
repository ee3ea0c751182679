"""Passwords of the demonstration's accounts: made once, kept in a file only its owner may read."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

from inzira_platform.embedded import write_secret
from joserfc.jwk import ECKey

from inzira_cli.accounts import gateway_environment
from inzira_cli.register import KNOWN_ACCOUNTS
from inzira_cli.road.cast import CAST, Officer
from inzira_cli.road.errors import RoadError

PASSWORD_BYTES = 15
PARTNER_KEY = "demo-partner-key.json"


def passwords(folder: Path) -> dict[str, str]:
    """User name to password of the whole cast; what is missing is made and written before it is used."""
    file = folder / KNOWN_ACCOUNTS
    known: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="ascii")) if file.exists() else {}
    kept = {
        officer.username: {
            "password": known.get(officer.username, {}).get("password") or secrets.token_urlsafe(PASSWORD_BYTES),
            "role": officer.role,
            "facilities": list(officer.facilities),
        }
        for officer in CAST
    }
    if kept != known:
        write_secret(file, json.dumps(kept, indent=2))
    return {username: str(item["password"]) for username, item in kept.items()}


def partner_key(folder: Path) -> ECKey:
    """The key of the partner's system, made once; here only because this machine plays the partner too."""
    file = folder / PARTNER_KEY
    if not file.exists():
        made = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        write_secret(file, json.dumps(made.as_dict(private=True)))
    return ECKey.import_key(json.loads(file.read_text(encoding="ascii")))


def bootstrap(officer: Officer, password: str, data: Path) -> None:
    """Make an administrator on the gateway's own database, by its own command. Raises RoadError."""
    arguments = [officer.username, "--name", officer.name, "--role", officer.role, "--agency", officer.agency]
    done = subprocess.run(  # noqa: S603 - the program is this Python; the arguments are not read by a shell
        [sys.executable, "-m", "inzira_gateway", "create-account", *arguments],
        input=f"{password}\n",
        text=True,
        env={**os.environ, **gateway_environment(data)},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        words = done.stderr.strip().splitlines()[-1:] or ["no reason was given"]
        raise RoadError(
            f"The account {officer.username} could not be made: {words[0]} "
            f"If it is there already and {KNOWN_ACCOUNTS} was lost, have another administrator set its password."
        )
