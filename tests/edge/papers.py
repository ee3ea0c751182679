"""Certificates made for one run, of nobody's authority."""

import base64
import hashlib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Paper:
    """A certificate with its key, in files."""

    certificate: Path
    key: Path

    @property
    def thumbprint(self) -> str:
        """SHA-256 of its DER form in base64url, as it is registered."""
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.certificate.read_text())).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    @property
    def as_header(self) -> str:
        """What an edge that believed it would say of it."""
        return quote(self.certificate.read_text(), safe="")


class Papers:
    """Makes certificates in a folder; the first is the edge's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.server = self.made("edge")

    def made(self, name: str, *, ended: bool = False) -> Paper:
        """A self-signed certificate for the loopback, good for a day or, with `ended`, until yesterday."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        end = datetime.now(UTC) + timedelta(days=-1 if ended else 1)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(end - timedelta(days=2))
            .not_valid_after(end)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .sign(key, hashes.SHA256())
        )
        paper = Paper(self._folder / f"{name}.crt", self._folder / f"{name}.key")
        paper.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        paper.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return paper

    def trusting(self, shown: Paper | None = None) -> ssl.SSLContext:
        """A client's side of TLS: it believes the edge's certificate, and shows one of its own where given."""
        context = ssl.create_default_context(cafile=str(self.server.certificate))
        if shown is not None:
            context.load_cert_chain(shown.certificate, shown.key)
        return context
