"""What a backup set says of itself, and whether it is still what it says."""

import hashlib
import json
import os
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inzira_cli.processes import DEPLOYABLES

FORMAT: Final = 1
FILE: Final = "manifest.json"


class BackupError(RuntimeError):
    """A backup could not be made or restored; the message says why and what to do."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dump(_Part):
    """One database of the set."""

    database: str
    file: str = Field(pattern=r"^[a-z]+\.dump$")
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    revision: str
    journal_rows: int = Field(ge=0)
    highest_seq: int = Field(ge=0)
    applied_rows: int = Field(ge=0)
    epoch: int = Field(ge=0)


class Manifest(_Part):
    """The whole set. `held_ms` is how long consumers waited for the snapshots; `field_keys` are SHA-256 of the keys."""

    format: int
    product: str
    made_at: datetime
    postgres: int
    pg_dump: str
    held_ms: float
    field_keys: dict[str, list[str]]
    dumps: list[Dump]

    @property
    def checksum(self) -> str:
        """SHA-256 over everything above: a manifest that was changed by accident is found."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()

    def write(self, folder: Path) -> None:
        """Write it beside the dumps, mode 0600, on the disk when this returns."""
        kept = {**self.model_dump(mode="json"), "checksum": self.checksum}
        descriptor = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(kept, file, indent=2)
            file.flush()
            os.fsync(file.fileno())


def product() -> str:
    """Version of this program."""
    return version("inzira-cli")


def read(folder: Path) -> Manifest:
    """The manifest of a set, whole and of a version this program knows. Raises BackupError."""
    try:
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BackupError(f"{folder} holds no backup: there is no {FILE}, or its making was broken off.") from None
    except ValueError:
        raise BackupError(f"The manifest in {folder} is damaged: it is no JSON. Nothing was touched.") from None
    if not isinstance(kept, dict) or kept.get("format") != FORMAT:
        raise BackupError(f"The set in {folder} is of a form this program does not know. Use the version that made it.")
    checksum = kept.pop("checksum", None)
    try:
        manifest = Manifest.model_validate(kept)
    except ValidationError as error:
        raise BackupError(f"The manifest in {folder} is damaged: {error.error_count()} field(s) do not fit.") from None
    if checksum != manifest.checksum or [dump.database for dump in manifest.dumps] != list(DEPLOYABLES):
        raise BackupError(f"The manifest in {folder} is damaged: it does not fit its checksum. Nothing was touched.")
    if _numbers(manifest.product) > _numbers(product()):
        raise BackupError(
            f"The set was made by version {manifest.product}; this is {product()}. Use that one, or newer."
        )
    return manifest


def verify(folder: Path, manifest: Manifest, report: Callable[[str], None]) -> None:
    """Read every dump and compare size and SHA-256. Raises BackupError at the first that differs."""
    for dump in manifest.dumps:
        path = folder / dump.file
        if not path.is_file() or path.stat().st_size != dump.bytes:
            raise BackupError(f"{dump.file} is missing or of another size than the manifest says. Nothing was touched.")
        if digest(path) != dump.sha256:
            raise BackupError(f"{dump.file} is damaged: its SHA-256 is not that of the manifest. Nothing was touched.")
        report(f"{dump.file} is whole ({in_megabytes(dump.bytes)})")


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def in_megabytes(count: int) -> str:
    """Bytes for people."""
    return f"{count / 1_000_000:.1f} MB"


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())
