"""The keys of encrypted fields: never part of a set, but a set says which ones it needs."""

import hashlib
from pathlib import Path
from typing import Final

from inzira_cli.backup.manifest import BackupError, Manifest

FIELD_KEYS: Final = {
    "intake_field.key": "identity numbers in the set cannot be read",
    "gateway_field.key": "partners' webhooks in the set cannot be signed",
}
"""Each file, and what is lost without it."""


def fingerprints(secrets: Path) -> dict[str, list[str]]:
    """SHA-256 of each key in each file, in its order; a key of 256 random bits cannot be found from it.

    Raises BackupError when a file is not there: a backup without its key would be found useless too late.
    """
    return {name: _of(secrets / name, without) for name, without in FIELD_KEYS.items()}


def _of(file: Path, without: str) -> list[str]:
    try:
        lines = file.read_text(encoding="ascii").split()
    except FileNotFoundError:
        raise BackupError(
            f"There is no {file.name} in {file.parent}. Without it {without}: put the file there that belongs "
            "to this data."
        ) from None
    return [hashlib.sha256(line.encode("ascii")).hexdigest() for line in lines]


def check(secrets: Path, manifest: Manifest) -> None:
    """Raise BackupError unless each key file begins with the keys of the set: a key's place is its version."""
    for name, needed in manifest.field_keys.items():
        found = _of(secrets / name, FIELD_KEYS.get(name, "the set cannot be read"))
        if found[: len(needed)] != needed:
            raise BackupError(f"{secrets / name} is not the key this set was made with. Put the right file there.")
