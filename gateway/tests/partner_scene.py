"""Partners for the tests: registered by one administrator, approved by another, signing in with their own key."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from joserfc import jws
from joserfc.jwk import ECKey

END = "2027-11-01T00:00:00Z"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DER = b"0\x82 an invented certificate"
CERTIFICATE = {"Client-Cert": f":{base64.b64encode(DER).decode()}:"}
THUMBPRINT = base64.urlsafe_b64encode(hashlib.sha256(DER).digest()).decode().rstrip("=")


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)


@dataclass
class Partner:
    """A partner's system: its id here, its client id and its private key."""

    door: Api
    client_id: str
    id: UUID = field(default_factory=new_id)
    key: ECKey = field(default_factory=new_key)

    def claims(self, **changes: object) -> dict[str, Any]:
        now = int(self.door.clock.now().timestamp())
        return {
            "iss": self.client_id, "sub": self.client_id, "aud": "rw-gateway", "jti": str(new_id()),
            "iat": now, "exp": now + 60, **changes,
        }  # fmt: skip

    def assertion(self, header: dict[str, Any] | None = None, key: ECKey | None = None, **changes: object) -> str:
        wanted = {"alg": "ES256", "typ": "JWT", "kid": self.key.kid, **(header or {})}
        head = {name: value for name, value in wanted.items() if value is not None}
        claims = {name: value for name, value in self.claims(**changes).items() if value is not None}
        return jws.serialize_compact(head, json.dumps(claims), key or self.key)

    async def ask(self, assertion: str | None = None, **options: Any) -> httpx2.Response:  # noqa: ANN401 - passed to httpx2
        return await ask_token(self.door, assertion or self.assertion(), **options)

    async def sign_in(self, **options: Any) -> Caller:  # noqa: ANN401 - passed to httpx2
        answer = await self.ask(**options)
        assert answer.status_code == 200, answer.text
        return self.door.with_token(answer.json()["access_token"])


async def ask_token(door: Api, assertion: str, **options: Any) -> httpx2.Response:  # noqa: ANN401 - passed to httpx2
    form = {"grant_type": "client_credentials", "client_assertion_type": KIND, "client_assertion": assertion}
    body = httpx2.QueryParams({**form, **options.pop("form", {})})
    headers = {**FORM, **options.pop("headers", {})}
    return await door.nobody().post("/oauth/token", content=str(body).encode(), headers=headers, keyed=False)


def jwk_of(key: ECKey) -> dict[str, Any]:
    return {name: str(value) for name, value in key.as_dict(private=False).items()}


def proposal(partner: Partner, **changes: object) -> dict[str, Any]:
    return {
        "client_id": partner.client_id, "name": "Ikigo cy'icyitegererezo", "agency": "NGO-1",
        "keys": [{"jwk": jwk_of(partner.key), "not_after": END}], **changes,
    }  # fmt: skip


async def registered(
    api: Api, door: Api, client_id: str = "ngo-one", key: ECKey | None = None, **changes: object
) -> Partner:
    """An active partner."""
    partner = Partner(door, client_id, key=key or new_key())
    answer = await administrator(api).post("/v1/admin/partners", proposal(partner, **changes))
    assert answer.status_code == 201, answer.text
    partner.id = UUID(answer.json()["id"])
    answer = await administrator(api, "adm-2").post(f"/v1/admin/partners/{partner.id}/approval")
    assert answer.status_code == 200, answer.text
    return partner


def administrator(api: Api, sub: str = "adm-1") -> Caller:
    return api.as_("administrator", sub=sub)
