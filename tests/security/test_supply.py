"""What may come in with a change: no package with a known weakness, no secret in a committed file."""

import base64
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
sys.path.append(str(DEPLOY))

import floors  # noqa: E402 - beside the programs of deploy, which are no package

RULES: dict[str, dict[str, Any]] = tomllib.loads(floors.FLOORS.read_text(encoding="utf-8"))
HASH = " \\\n    --hash=sha256:" + "0" * 64 + "\n"

# written apart, so that this file holds no secret itself
PLANTED = {
    "cloud key": "key = '" + "AKIA" + "Q3EGRHXZ7WDPTLUM" + "'\n",
    "private key": "-----BEGIN " + "EC PRIVATE KEY-----\nMHcCAQEE\n",
    "address with a password": "DSN=postgresql://intake_app:" + "uWq8-Zr2Lw5v" + "@db.minijust.rw:5432/intake\n",
    "password": "pass" + "word = 'rk9-Vt4uPz_Lq2'\n",
    "token": "token = '" + base64.b64encode(bytes(range(3, 250, 7))).decode() + "'\n",
}


def test_every_lock_is_above_the_floors() -> None:
    assert {str(lock.relative_to(ROOT)) for lock in floors.locks()} == set(
        subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "*requirements.lock"], capture_output=True, text=True, check=True
        ).stdout.split()
    )
    for lock in floors.locks():
        text = lock.read_text(encoding="utf-8")
        assert len(list(floors.pins(text))) > 20, lock
        assert floors.breaches(text, RULES) == [], lock


@pytest.mark.parametrize("name", sorted(RULES["floors"]))
def test_an_older_version_of_any_is_named_with_the_reason(name: str) -> None:
    floor = RULES["floors"][name]
    assert floors.breaches(f"{name}=={floor['version']}{HASH}", RULES) == []
    for older in ("0.0.1", f"{floor['version']}.dev1", f"{floor['version']}rc1"):
        (breach,) = floors.breaches(f"{name.upper().replace('-', '_')}[extra]=={older}{HASH}", RULES)
        assert floor["reason"] in breach and floor["version"] in breach


@pytest.mark.parametrize("name", sorted(RULES["absent"]))
def test_what_must_not_come_in_is_refused_at_any_version(name: str) -> None:
    assert len(floors.breaches(f"{name}==999{HASH}", RULES)) == 1


def checkout(folder: Path, name: str, text: str) -> Path:
    """A checkout with one more file, not added yet."""
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / ".secrets.baseline").write_text("[]\n")
    (folder / name).write_text(text)
    return folder


def scanned(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DEPLOY / "secrets_scan.py"), "--root", str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", sorted(PLANTED))
def test_a_planted_secret_fails_the_scan_and_is_not_repeated(kind: str, tmp_path: Path) -> None:
    folder = checkout(tmp_path, "settings.py", "harmless = 1\n" + PLANTED[kind])
    done = scanned(folder)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "settings.py:2: " in done.stderr
    for word in PLANTED[kind].split("'"):
        assert len(word) < 12 or word not in done.stderr + done.stdout
    assert scanned(folder, "--write").returncode == 0
    assert scanned(folder).returncode == 0
    assert json.loads((folder / ".secrets.baseline").read_text())[0].keys() == {"file", "kind", "sha1"}
    (folder / "settings.py").write_text("harmless = 1\nharmless = 2\n" + PLANTED[kind])
    assert scanned(folder).returncode == 0, "a line that moves is no new secret"


def test_an_address_that_leads_nowhere_passes(tmp_path: Path) -> None:
    lines = [f"'postgresql://intake_app:{word}@{host}/intake'" for word, host in (("rk9vT4uPzL", "127.0.0.1:5432"),)]
    lines += ["'https://user:uWq8Zr2Lw5v@hooks.ngo.example/'"]
    assert scanned(checkout(tmp_path, "addresses.py", "\n".join(lines))).returncode == 0


def test_an_ignored_file_is_not_looked_at_and_a_clean_one_passes(tmp_path: Path) -> None:
    folder = checkout(tmp_path, "plain.py", "def greet(name: str) -> str:\n    return f'Muraho {name}'\n")
    (folder / ".gitignore").write_text("secrets/\n")
    (folder / "secrets").mkdir()
    (folder / "secrets" / "key").write_text(PLANTED["private key"])
    assert scanned(folder).returncode == 0
