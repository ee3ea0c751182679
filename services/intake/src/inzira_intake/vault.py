"""Encryption of identifiers and sensitive answers, and the blind index they are found by (security.md 6)."""

import base64
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
INDEX_BYTES = 16


class KeyFileError(Exception):
    """The key file is not what it should be; the process must not start. Says which line, never its content."""


class SealBrokenError(Exception):
    """A value does not open: wrong key, or a row moved where it does not belong."""


@dataclass(frozen=True)
class Sealed:
    """A value encrypted for one table, column and person."""

    ciphertext: bytes
    key_version: int


class Vault:
    """Seals and opens with AES-256-GCM; the associated data binds a value to its place and its person."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """`keys` are 32 bytes each, oldest first: a key's version is its place, counted from 1."""
        self._ciphers = [AESGCM(_derive(key, b"field")) for key in keys]
        # stays with the first key: another one would need every identifier indexed again
        self._index_key = _derive(keys[0], b"blind-index")

    @classmethod
    def from_file(cls, path: Path) -> "Vault":
        """The vault of the keys in `path`. Raises KeyFileError; OSError when the file cannot be read."""
        lines = [line for line in path.read_text(encoding="ascii").split() if line]
        if not lines:
            raise KeyFileError("the key file is empty")
        return cls([_read_key(line, number) for number, line in enumerate(lines, 1)])

    def seal(self, text: str, *, place: str, person_id: UUID) -> Sealed:
        """`text` encrypted with the newest key for `place` (`table|column`) and this person."""
        version = len(self._ciphers)
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[-1].encrypt(nonce, text.encode(), _bound(place, person_id, version))
        return Sealed(nonce + sealed, version)

    def open(self, ciphertext: bytes, key_version: int, *, place: str, person_id: UUID) -> str:
        """Inverse of `seal`. Raises SealBrokenError."""
        if not 1 <= key_version <= len(self._ciphers):
            raise SealBrokenError("no key of that version")
        nonce, sealed = ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:]
        bound = _bound(place, person_id, key_version)
        try:
            return self._ciphers[key_version - 1].decrypt(nonce, sealed, bound).decode()
        except InvalidTag as error:
            raise SealBrokenError("the value does not belong here") from error

    def blind_index(self, kind: str, value: str) -> bytes:
        """16 bytes by which an identifier is found without being stored readable."""
        return hmac.new(self._index_key, f"{kind}:v1|{value}".encode(), sha256).digest()[:INDEX_BYTES]


@dataclass(frozen=True)
class IdentityDesk:
    """What identities are checked and kept with: the vault, and whether invented ones are accepted."""

    vault: Vault
    test_data: bool


@cache
def open_desk(field_key_file: Path, test_data: bool) -> IdentityDesk:
    """The desk of a running process, made once per key file."""
    return IdentityDesk(Vault.from_file(field_key_file), test_data)


def _bound(place: str, person_id: UUID, key_version: int) -> bytes:
    return f"{place}|{person_id}|{key_version}".encode()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"inzira-intake|" + purpose).derive(key)


def _read_key(line: str, number: int) -> bytes:
    try:
        key = base64.b64decode(line, validate=True)
    except ValueError as error:
        raise KeyFileError(f"line {number} of the key file is not base64") from error
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"line {number} of the key file is not {KEY_BYTES} bytes")
    return key
