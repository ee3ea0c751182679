"""Private keys as they are kept: encrypted for their row, with keys the database does not hold (security.md 6)."""

import base64
import os
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class KeyFileError(Exception):
    """The key file is not what it should be; the process must not start. Says which line, never its content."""


class SealBrokenError(Exception):
    """A private key does not open: another key file, or a row moved where it does not belong."""


class KeyVault:
    """Seals and opens private keys with AES-256-GCM; the associated data binds each to its row."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """`keys` are 32 bytes each, oldest first: a key's version is its place, counted from 1; the last one seals."""
        self._ciphers = [AESGCM(_derive(key)) for key in keys]

    @classmethod
    def from_file(cls, path: Path) -> "KeyVault":
        """The vault of the keys in `path`. Raises KeyFileError; OSError when the file cannot be read."""
        lines = path.read_text(encoding="ascii").split()
        if not lines:
            raise KeyFileError("the key file is empty")
        return cls([_read_key(line, number) for number, line in enumerate(lines, 1)])

    def seal(self, private: bytes, key_id: UUID) -> tuple[bytes, int]:
        """The private key of a row, encrypted, with the version of the key it is encrypted with."""
        version = len(self._ciphers)
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ciphers[-1].encrypt(nonce, private, _bound(key_id, version)), version

    def open(self, sealed: bytes, version: int, key_id: UUID) -> bytes:
        """Inverse of `seal`. Raises SealBrokenError."""
        if not 1 <= version <= len(self._ciphers):
            raise SealBrokenError("no key of that version")
        try:
            return self._ciphers[version - 1].decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(key_id, version)
            )
        except InvalidTag as error:
            raise SealBrokenError("the key does not belong here") from error


def _bound(key_id: UUID, version: int) -> bytes:
    return f"webhook_key|sealed|{key_id}|{version}".encode()


def _derive(key: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"inzira-gateway|webhook-key").derive(key)


def _read_key(line: str, number: int) -> bytes:
    try:
        key = base64.b64decode(line, validate=True)
    except ValueError as error:
        raise KeyFileError(f"line {number} of the key file is not base64") from error
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"line {number} of the key file is not {KEY_BYTES} bytes")
    return key
