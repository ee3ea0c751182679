"""Partners on the wire. Keys go in and come out as public keys only."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from inzira_platform.http import Code, Instant, Schema, ShortText
from pydantic import ConfigDict, Field, StringConstraints, model_validator

ClientId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,39}$")]
Thumbprint = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
JwkText = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class JwkCreate(Schema):
    """A public key (RFC 7517). Members beyond these are not kept; a private part is refused."""

    model_config = ConfigDict(extra="allow", frozen=True)
    kty: JwkText
    crv: JwkText
    x: JwkText
    y: JwkText
    kid: JwkText


class KeyCreate(Schema):
    """Either a public key or the thumbprint of a client certificate (SHA-256 of its DER form, base64url)."""

    jwk: JwkCreate | None = None
    x5t_s256: Thumbprint | None = None
    not_after: Instant

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.jwk is None) == (self.x5t_s256 is None):
            raise ValueError("give either jwk or x5t_s256")
        return self


class PartnerCreate(Schema):
    """A partner as it is proposed; a second administrator approves it together with its keys."""

    client_id: ClientId
    name: ShortText = Field(description="of the organisation and its system, never of a person")
    agency: Code = Field(description="the recipient that consents name")
    requires_certificate: bool = False
    quota_per_minute: int = Field(600, ge=1, le=100_000, description="units of cost it may ask for in a minute")
    keys: Annotated[list[KeyCreate], Field(min_length=1, max_length=10)]


class KeyRead(Schema):
    id: UUID
    kind: str
    kid: str = Field(description="id of the key, or the certificate's thumbprint")
    not_after: datetime
    revoked_at: datetime | None
    proposed_by: str
    approved_by: str | None


class PartnerRead(Schema):
    id: UUID
    client_id: str
    name: str
    agency: str
    state: str
    requires_certificate: bool
    quota_per_minute: int
    proposed_by: str
    approved_by: str | None
    suspended_at: datetime | None
    version: int
    keys: list[KeyRead]


class PartnerWritten(Schema):
    id: UUID
    client_id: str
    state: str
    version: int


class KeyWritten(Schema):
    id: UUID
    kid: str


class RecordRead(Schema):
    """Something done about a partner, or refused to it."""

    id: UUID
    action: str
    outcome: str
    reason: str
    actor: str
    subject: UUID | None
    request_id: str
    at: datetime


class TokenRead(Schema):
    """RFC 6749, section 5.1."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the kind of token, no secret
    expires_in: int
