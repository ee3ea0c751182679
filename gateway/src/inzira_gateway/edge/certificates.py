"""Client certificates as an edge hands them on. Pure."""

import base64
import hashlib
import re
from urllib.parse import unquote

MAX_CERTIFICATE = 8192
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*")


def thumbprint_of(header: bytes) -> str | None:
    """SHA-256 of the certificate's DER form in base64url, as `x5t#S256` has it; None for anything unreadable.

    Taken are RFC 9440 (`:base64:`) and what nginx can say (`$ssl_client_escaped_cert`, percent-encoded PEM).
    """
    if not header or len(header) > MAX_CERTIFICATE:
        return None
    try:
        der = _der(header.decode("ascii").strip())
    except ValueError:
        return None
    if not der:
        return None
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")


def _der(text: str) -> bytes:
    if text.startswith(":") and text.endswith(":") and len(text) > 2:
        return base64.b64decode(text[1:-1], validate=True)
    found = _PEM.fullmatch(unquote(text))
    return base64.b64decode("".join(found.group(1).split()), validate=True) if found else b""
