"""A set that is not whole, not ours or not readable with the key at hand is refused before anything is touched."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from inzira_cli import secret_files
from inzira_cli.backup import keys, manifest
from inzira_cli.backup.manifest import FILE, FORMAT, BackupError, Dump, Manifest
from inzira_cli.processes import DEPLOYABLES

CONTENT = b"PGDMP not really, but of this length"


def a_set(folder: Path, **changed: object) -> Manifest:
    """A set as `inzira backup` leaves it, with dumps of a few bytes."""
    folder.mkdir()
    for name in DEPLOYABLES:
        (folder / f"{name}.dump").write_bytes(CONTENT)
    dumps = [
        Dump(
            database=name, file=f"{name}.dump", bytes=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest(),
            revision="one", journal_rows=3, highest_seq=4, applied_rows=5, epoch=0,
        )
        for name in DEPLOYABLES
    ]  # fmt: skip
    values = {
        "format": FORMAT, "product": manifest.product(), "made_at": datetime(2026, 11, 25, 9, tzinfo=UTC),
        "postgres": 180006, "pg_dump": "18.6", "held_ms": 10.2, "field_keys": {}, "dumps": dumps,
    }  # fmt: skip
    made = Manifest(**{**values, **changed})
    made.write(folder)
    return made


def nothing(_text: str) -> None:
    pass


def test_what_was_written_is_read_and_verified(tmp_path: Path) -> None:
    made = a_set(tmp_path / "set")
    read = manifest.read(tmp_path / "set")
    assert read == made
    manifest.verify(tmp_path / "set", read, nothing)
    assert (tmp_path / "set" / FILE).stat().st_mode & 0o777 == 0o600


def _remove(folder: Path) -> None:
    (folder / FILE).unlink()


def _cut(folder: Path) -> None:
    (folder / FILE).write_text((folder / FILE).read_text()[:-40])


def _edit(**changed: object) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        kept = json.loads((folder / FILE).read_text())
        (folder / FILE).write_text(json.dumps({**kept, **changed}))

    return edit


def _other_count(folder: Path) -> None:
    kept = json.loads((folder / FILE).read_text())
    kept["dumps"][0]["journal_rows"] += 1
    (folder / FILE).write_text(json.dumps(kept))


def _without_gateway(folder: Path) -> None:
    kept = json.loads((folder / FILE).read_text())
    kept["dumps"].pop()
    kept.pop("checksum")
    kept["checksum"] = Manifest.model_validate(kept).checksum
    (folder / FILE).write_text(json.dumps(kept))


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_remove, "holds no backup"),
        (_cut, "damaged"),
        (_edit(format=FORMAT + 1), "of a form this program does not know"),
        (_edit(made_at="2026-11-25T10:00:00Z"), "does not fit its checksum"),
        (_edit(extra=1), "damaged"),
        (_other_count, "does not fit its checksum"),
        (_without_gateway, "damaged"),
    ],
)
def test_a_manifest_that_is_not_what_was_written_is_refused(
    tmp_path: Path, harm: Callable[[Path], None], words: str
) -> None:
    a_set(tmp_path / "set")
    harm(tmp_path / "set")
    with pytest.raises(BackupError, match=words):
        manifest.read(tmp_path / "set")


def test_a_set_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    a_set(tmp_path / "set", product="99.0.0")
    with pytest.raises(BackupError, match=r"made by version 99\.0\.0"):
        manifest.read(tmp_path / "set")


@pytest.mark.parametrize("place", range(len(CONTENT)))
def test_a_dump_with_one_bit_turned_is_refused(tmp_path: Path, place: int) -> None:
    made = a_set(tmp_path / "set")
    content = bytearray(CONTENT)
    content[place] ^= 1 << place % 8
    (tmp_path / "set" / "tvet.dump").write_bytes(content)
    with pytest.raises(BackupError, match=r"tvet\.dump is damaged"):
        manifest.verify(tmp_path / "set", made, nothing)


@pytest.mark.parametrize("content", [None, b"", CONTENT + b"!", CONTENT[:-1]])
def test_a_dump_that_is_gone_or_of_another_size_is_refused(tmp_path: Path, content: bytes | None) -> None:
    made = a_set(tmp_path / "set")
    file = tmp_path / "set" / "intake.dump"
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BackupError, match=r"intake\.dump is missing or of another size"):
        manifest.verify(tmp_path / "set", made, nothing)


@pytest.mark.parametrize("name", keys.FIELD_KEYS)
def test_a_key_must_be_the_one_of_the_set_and_may_have_younger_ones_behind_it(tmp_path: Path, name: str) -> None:
    secrets = tmp_path / "secrets"
    secret_files.make_all(secrets)
    made = a_set(tmp_path / "set", field_keys=keys.fingerprints(secrets))
    keys.check(secrets, made)
    file = secrets / name
    first = file.read_text()
    file.write_text(f"{first}\n{first[::-1]}\n")
    keys.check(secrets, made)
    file.write_text(f"{first[::-1]}\n{first}\n")  # a key's place is its version
    with pytest.raises(BackupError, match="not the key this set was made with"):
        keys.check(secrets, made)
    file.unlink()
    with pytest.raises(BackupError, match="put the file there"):
        keys.check(secrets, made)


def test_a_set_holds_no_key(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secret_files.make_all(secrets)
    a_set(tmp_path / "set", field_keys=keys.fingerprints(secrets))
    written = (tmp_path / "set" / FILE).read_text()
    assert not any(file.read_text().strip() in written for file in secrets.iterdir())
