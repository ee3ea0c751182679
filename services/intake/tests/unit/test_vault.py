"""Sealed values open only where they belong; the blind index finds without showing."""

import base64
from pathlib import Path
from uuid import uuid4

import pytest
from inzira_intake.vault import KeyFileError, SealBrokenError, Vault

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
PLACE = "person_identifier|ciphertext"


def test_a_value_opens_for_its_person_and_place_only() -> None:
    vault, person, other = Vault([OLD]), uuid4(), uuid4()
    sealed = vault.seal("9199081234567890", place=PLACE, person_id=person)
    assert vault.open(sealed.ciphertext, 1, place=PLACE, person_id=person) == "9199081234567890"
    for place, someone in ((PLACE, other), ("admission_section|ciphertext", person)):
        with pytest.raises(SealBrokenError):
            vault.open(sealed.ciphertext, 1, place=place, person_id=someone)


def test_the_same_value_is_never_sealed_alike_and_is_not_in_the_ciphertext() -> None:
    vault, person = Vault([OLD]), uuid4()
    first, second = (vault.seal("9199081234567890", place=PLACE, person_id=person) for _ in range(2))
    assert first.ciphertext != second.ciphertext
    assert b"9199081234567890" not in first.ciphertext


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    person = uuid4()
    before = Vault([OLD]).seal("0700", place=PLACE, person_id=person)
    rotated = Vault([OLD, NEW])
    assert rotated.open(before.ciphertext, before.key_version, place=PLACE, person_id=person) == "0700"
    after = rotated.seal("0700", place=PLACE, person_id=person)
    assert after.key_version == 2
    with pytest.raises(SealBrokenError):
        Vault([OLD]).open(after.ciphertext, after.key_version, place=PLACE, person_id=person)


def test_a_changed_byte_does_not_open() -> None:
    vault, person = Vault([OLD]), uuid4()
    sealed = vault.seal("x", place=PLACE, person_id=person)
    broken = bytes([sealed.ciphertext[0] ^ 1]) + sealed.ciphertext[1:]
    with pytest.raises(SealBrokenError):
        vault.open(broken, 1, place=PLACE, person_id=person)


def test_the_blind_index_tells_kinds_and_keys_apart_and_survives_rotation() -> None:
    index = Vault([OLD]).blind_index("NATIONAL_ID", "1")
    assert len(index) == 16
    assert index == Vault([OLD, NEW]).blind_index("NATIONAL_ID", "1")
    assert index != Vault([OLD]).blind_index("PHONE", "1")
    assert index != Vault([NEW]).blind_index("NATIONAL_ID", "1")


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "empty"), ("not base64!", "base64"), (base64.b64encode(b"short").decode(), "32 bytes")],
)
def test_a_wrong_key_file_stops_the_start_without_showing_it(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "field.key"
    file.write_text(content)
    with pytest.raises(KeyFileError, match=words) as caught:
        Vault.from_file(file)
    assert not content or content not in str(caught.value)


def test_a_key_file_holds_one_key_a_line(tmp_path: Path) -> None:
    file = tmp_path / "field.key"
    file.write_text("\n".join(base64.b64encode(key).decode() for key in (OLD, NEW)))
    assert Vault.from_file(file).seal("x", place=PLACE, person_id=uuid4()).key_version == 2
