"""Partners for the tests: registered by one administrator, approved by another, signing in with their own key."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
from gateway_scene import AT
from inzira_contracts.intake import ConsentGranted, ConsentWithdrawn
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


async def granted(api: Api, partner: Partner, approved: bool = True, **changes: object) -> str:
    """A grant in force, as one administrator proposed it and another approved it; its id."""
    answer = await administrator(api).post("/v1/admin/grants", grant_terms(partner, **changes))
    assert answer.status_code == 201, answer.text
    grant_id = str(answer.json()["id"])
    if approved:
        answer = await administrator(api, "adm-2").post(f"/v1/admin/grants/{grant_id}/approval")
        assert answer.status_code == 200, answer.text
    return grant_id


def grant_terms(partner: Partner, **changes: object) -> dict[str, object]:
    return {
        "partner_id": str(partner.id), "route": "persons", "row_filter": {"districts": ["24"]},
        "view": "return-support", "view_version": 1, "purposes": ["reintegration_support"], "basis": "CONSENT",
        "agreement": "DPA-2026-7", "valid_from": "2026-11-01", "valid_to": "2027-10-31", **changes,
    }  # fmt: skip


ALL_CLASSES = ("CUSTODY", "SENTENCE", "CURRICULUM", "TRAINING", "REINTEGRATION")
FOR_RETURN = {"X-Purpose": "reintegration_support"}


def consent(person_id: UUID, classes: tuple[str, ...] = ALL_CLASSES, **changes: object) -> ConsentGranted:
    return ConsentGranted.model_validate({
        "person_id": person_id, "occurred_at": AT, "recorded_by": "acc-intake", "consent_id": new_id(),
        "purpose": "reintegration_support", "recipient": "NGO-1", "basis": "CONSENT", "data_classes": list(classes),
        "agreement_code": "RETURN", "agreement_version": 1, "valid_from": AT, "valid_to": AT + timedelta(days=700),
        **changes,
    })  # fmt: skip


def withdrawal(given: ConsentGranted) -> ConsentWithdrawn:
    kept = ("person_id", "consent_id", "purpose", "recipient", "basis")
    told = {name: getattr(given, name) for name in kept}
    return ConsentWithdrawn.model_validate({**told, "occurred_at": AT, "recorded_by": "acc-intake"})


async def fresh(api: Api) -> None:
    """Say that the read model holds all that intake said, as the worker does every few seconds."""
    await api.database.execute(
        "INSERT INTO source_seen (source, fresh_at, checked_at, is_reachable) VALUES ('intake', $1, $1, true) "
        "ON CONFLICT (source) DO UPDATE SET fresh_at = $1, checked_at = $1",
        api.clock.now(),
    )
