"""Secrets are made once, closed to others, and fit what reads them."""

import base64
import json
from pathlib import Path

from inzira_cli import secret_files
from joserfc.jwk import ECKey


def test_secrets_are_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    secret_files.make_all(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == (0o644 if path.name == "jwks.json" else 0o600), path.name


def test_secrets_stay_when_made_again(tmp_path: Path) -> None:
    secret_files.make_all(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    secret_files.make_all(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_public_key_set_matches_the_signing_key_and_tells_nothing_of_it(tmp_path: Path) -> None:
    secret_files.make_all(tmp_path)
    private = json.loads((tmp_path / "gateway_key.json").read_text())
    (public,) = json.loads((tmp_path / "jwks.json").read_text())["keys"]
    assert private["kid"] == public["kid"] == ECKey.import_key(public).thumbprint()
    assert "d" in private
    assert "d" not in public
    assert (public["crv"], public["alg"], public["use"]) == ("P-256", "ES256", "sig")


def test_field_key_is_32_bytes(tmp_path: Path) -> None:
    secret_files.make_all(tmp_path)
    assert len(base64.b64decode((tmp_path / "intake_field.key").read_text())) == 32


def test_no_two_passwords_are_the_same(tmp_path: Path) -> None:
    secret_files.make_all(tmp_path)
    passwords = [path.read_text() for path in tmp_path.glob("*.password")]
    assert len(passwords) == 11
    assert len(set(passwords)) == 11
