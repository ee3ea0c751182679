"""Tokens that must not be believed, each wrong in one way."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from inzira_platform.auth import INTERNAL_TYP, ISSUER, Principal, claims_of
from inzira_platform.clock import Clock
from inzira_platform.testing.client import Keys
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

OTHER = ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)


@dataclass(frozen=True)
class Forger:
    """Makes tokens for one audience; `good` differs from each of the others in one thing only."""

    keys: Keys
    clock: Clock
    audience: str
    principal: Principal
    typ: str = INTERNAL_TYP
    extra: Mapping[str, Any] | None = None

    def claims(self, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - claims of any type
        """What a good token says."""
        now = int(self.clock.now().timestamp())
        base = {"iss": ISSUER, "aud": self.audience, "iat": now, "nbf": now, "exp": now + 60}
        return {**base, **claims_of(self.principal), **(self.extra or {}), **changes}

    def token(self, header: Mapping[str, Any] | None = None, key: ECKey | None = None, **changes: Any) -> str:  # noqa: ANN401 - claims
        """A signed token with parts of its header or claims replaced."""
        head = {"alg": "ES256", "typ": self.typ, "kid": self.keys.key.kid, **(header or {})}
        text = f"{_part(head)}.{_part(self.claims(**changes))}"
        return f"{text}.{_coded(_signed(text.encode(), key or self.keys.key))}"

    def good(self) -> str:
        """Believed."""
        return self.token()

    def unsigned(self) -> str:
        """`alg: none`."""
        return f"{_part({'alg': 'none', 'typ': self.typ})}.{_part(self.claims())}."

    def stripped(self) -> str:
        """A good token without its signature."""
        return self.good().rsplit(".", 1)[0] + "."

    def by_public_key(self) -> str:
        """HS256 with the public key as the secret."""
        public = OctKey.import_key(json.dumps(self.keys.key.as_dict(private=False)).encode())
        return jwt.encode({"alg": "HS256", "typ": self.typ, "kid": self.keys.key.kid}, self.claims(), public)

    def blank_signature(self) -> str:
        """r and s of zero (CVE-2022-21449)."""
        return self.good().rsplit(".", 1)[0] + "." + base64.urlsafe_b64encode(bytes(64)).rstrip(b"=").decode()

    def raw_header(self, header: str) -> str:
        """Any text where the header stands."""
        return f"{_coded(header.encode())}.{_part(self.claims())}.{_coded(b'x' * 64)}"

    def second(self, seconds: int) -> int:
        """A moment, seconds from now."""
        return int(self.clock.now().timestamp()) + seconds


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _signed(text: bytes, key: ECKey) -> bytes:
    """ES256 by hand: the library would refuse to write what these tokens say."""
    private = key.private_key
    assert private is not None
    r, s = decode_dss_signature(private.sign(text, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _part(value: Any) -> str:  # noqa: ANN401 - any JSON
    return _coded(json.dumps(value).encode())


_PUBLIC = OTHER.as_dict(private=False)
FORGED: Mapping[str, Callable[[Forger], str]] = {
    "none": Forger.unsigned,
    "stripped": Forger.stripped,
    "hs256 with the public key": Forger.by_public_key,
    "blank signature": Forger.blank_signature,
    "another key": lambda f: f.token(key=OTHER),
    "unknown kid": lambda f: f.token({"kid": "nobody"}, key=OTHER),
    "jwk of the attacker": lambda f: f.token({"jwk": _PUBLIC}, key=OTHER),
    "jwk beside a good signature": lambda f: f.token({"jwk": _PUBLIC}),
    "jku": lambda f: f.token({"jku": "http://127.0.0.1:1/keys"}),
    "x5u": lambda f: f.token({"x5u": "http://127.0.0.1:1/chain"}),
    "unknown crit": lambda f: f.token({"crit": ["purpose"], "purpose": "research"}),
    "b64 false": lambda f: f.token({"crit": ["b64"], "b64": True}),
    "typ of another token": lambda f: f.token({"typ": "JWT"}),
    "no typ": lambda f: f.token({"typ": None}),
    "audience of nobody": lambda f: f.token(aud="svc:evidence"),
    "several audiences": lambda f: f.token(aud=[f.audience, "svc:evidence"]),
    "no audience": lambda f: f.token(aud=None),
    "issuer": lambda f: f.token(iss="https://elsewhere.example"),
    "expired": lambda f: f.token(exp=f.second(-1)),
    "never expires": lambda f: f.token(exp=None),
    "expires in text": lambda f: f.token(exp=str(f.second(60))),
    "not yet": lambda f: f.token(nbf=f.second(600)),
    "issued tomorrow": lambda f: f.token(iat=f.second(86_400)),
    "nobody's": lambda f: f.token(sub=None),
    "5 kB": lambda f: f.token(padding="x" * 5000),
    "header is a list": lambda f: f.raw_header("[]"),
    "header is a number": lambda f: f.raw_header("7"),
    "header is deep": lambda f: f.raw_header("[" * 1400),
    "header is no text": lambda f: f.good().replace("e", "é", 1),
    "two parts": lambda f: f.good().rsplit(".", 1)[0],
    "one word": lambda _: "let-me-in",
    "dots": lambda _: "....",
}
"""Name of the flaw -> the token."""
