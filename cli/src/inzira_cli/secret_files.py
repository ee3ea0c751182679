"""Passwords and keys of one stack, made once, each in a file only its owner may read."""

import base64
import json
import secrets
from collections.abc import Callable
from pathlib import Path

from inzira_platform.embedded import write_secret
from inzira_platform.provision import Passwords
from joserfc.jwk import ECKey

from inzira_cli.processes import DEPLOYABLES


def passwords(folder: Path, deployable: str) -> Passwords:
    """The two database passwords of ``deployable``, made on first use."""
    return Passwords(
        app=once(folder / f"{deployable}_app.password", new_password),
        migrator=once(folder / f"{deployable}_migrator.password", new_password),
    )


def make_all(folder: Path) -> None:
    """Make every secret that is not there yet: database passwords, token key, field keys."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    once(folder / "postgres.password", new_password)
    for deployable in DEPLOYABLES:
        passwords(folder, deployable)
    for deployable in ("intake", "gateway"):
        once(folder / f"{deployable}_field.key", _new_field_key)
    signing_key = ECKey.import_key(json.loads(once(folder / "gateway_key.json", _new_signing_key)))
    public = {"keys": [{**signing_key.as_dict(private=False), "use": "sig", "alg": "ES256"}]}
    (folder / "jwks.json").write_text(json.dumps(public, indent=2), encoding="ascii")


def once(path: Path, make: Callable[[], str]) -> str:
    """The secret in ``path``; made and written when the file is not there."""
    if not path.exists():
        write_secret(path, make())
    return path.read_text(encoding="ascii").strip()


def new_password() -> str:
    """192 random bits in letters, digits, - and _: safe in an address without quoting."""
    return secrets.token_urlsafe(24)


def _new_field_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def _new_signing_key() -> str:
    key = ECKey.generate_key("P-256", private=True)
    # the key's id is its RFC 7638 thumbprint: the same key never gets two names
    return json.dumps({**key.as_dict(private=True), "kid": key.thumbprint(), "use": "sig", "alg": "ES256"})
