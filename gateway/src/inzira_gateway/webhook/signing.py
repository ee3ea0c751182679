"""Signatures of webhooks: Ed25519, as Standard Webhooks 1.0 writes them (`v1a`, `whpk_`)."""

import base64
import hashlib
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from inzira_gateway.webhook.domain import to_be_signed


def new_key() -> tuple[bytes, bytes]:
    """A private key and its public one, 32 bytes each."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def signature(private: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature as it goes into `webhook-signature`."""
    signed = Ed25519PrivateKey.from_private_bytes(private).sign(to_be_signed(message_id, timestamp, body))
    return f"v1a,{base64.b64encode(signed).decode()}"


def headers(keys: Iterable[bytes], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of an attempt, signed with each of the keys."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(key, message_id, timestamp, body) for key in keys),
    }


def public_text(public: bytes) -> str:
    """The public key as the specification writes it."""
    return f"whpk_{base64.b64encode(public).decode()}"


def coordinate(public: bytes) -> str:
    """The public key as `x` of a JWK (RFC 8037)."""
    return base64.urlsafe_b64encode(public).decode().rstrip("=")


def key_id(public: bytes) -> str:
    """The thumbprint of its JWK (RFC 7638): a key never has two names."""
    text = f'{{"crv":"Ed25519","kty":"OKP","x":"{coordinate(public)}"}}'
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
