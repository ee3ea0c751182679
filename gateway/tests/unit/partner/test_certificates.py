"""Thumbprints of what an edge hands on."""

import base64
import hashlib
from urllib.parse import quote

import pytest
from inzira_gateway.edge.certificates import thumbprint_of

DER = b"0\x82\x01 a certificate"
WANTED = base64.urlsafe_b64encode(hashlib.sha256(DER).digest()).decode().rstrip("=")
TEXT = base64.b64encode(DER).decode()
PEM = f"-----BEGIN CERTIFICATE-----\n{TEXT}\n-----END CERTIFICATE-----\n"


def test_both_forms_of_one_certificate_have_its_thumbprint() -> None:
    assert thumbprint_of(f":{TEXT}:".encode()) == WANTED
    assert thumbprint_of(quote(PEM).encode()) == WANTED


@pytest.mark.parametrize(
    "header", [b"", b":", b"::", b":!!:", TEXT.encode(), b"%zz", b"\xff", b":" + b"A" * 9000 + b":", PEM[:40].encode()]
)
def test_anything_else_has_none(header: bytes) -> None:
    assert thumbprint_of(header) is None
