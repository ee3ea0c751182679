"""Webhooks on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from inzira_platform.http import Instant, Schema
from pydantic import Field, StringConstraints

from inzira_gateway.grant.schemas import PurposeName
from inzira_gateway.webhook.address import MAX_URL

UrlText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_URL)]
State = Literal["ACTIVE", "DISABLED", "SUSPENDED"]


class WebhookCreate(Schema):
    """Where to be woken, and for the feed of which purpose."""

    url: UrlText = Field(description="https, a host name that resolves to public addresses, port 443")
    purpose: PurposeName


class WebhookUpdate(Schema):
    """Another address; without one the endpoint is switched on again at the one it has."""

    url: UrlText | None = None


class WebhookKeyRead(Schema):
    """A key that messages are signed with."""

    kid: str
    public_key: str = Field(description="`whpk_` and base64, as Standard Webhooks writes it")
    signs_until: datetime | None = Field(description="absent until it is replaced")


class WebhookRead(Schema):
    id: UUID
    url: str
    purpose: str
    state: State
    version: int
    created_at: datetime
    updated_at: datetime
    keys: list[WebhookKeyRead] = Field(description="the newest first; two while a rotation is under way")


class WebhookOverseenRead(Schema):
    """An endpoint as an administrator sees it: its host, and not the rest of its address."""

    id: UUID
    client_id: str
    host: str
    purpose: str
    state: State
    version: int
    created_at: datetime
    updated_at: datetime


class WebhookWritten(Schema):
    id: UUID
    state: State
    version: int


class MessageWritten(Schema):
    """A message on its way; `webhook_id` is the `webhook-id` it comes with."""

    webhook_id: str


class ReplayCreate(Schema):
    """Which wake-ups to send again: those made in this time. Until now where no end is given."""

    since: Instant
    until: Instant | None = None


class ReplayWritten(Schema):
    webhook_id: str
    stands_for: int = Field(description="how many wake-ups of that time it stands for")


class DeliveryRead(Schema):
    """One attempt. Of what the receiver answered its status is kept, and nothing else."""

    id: UUID
    webhook_id: str
    kind: Literal["NEWS", "TEST"]
    attempt: int
    outcome: Literal[
        "STARTED", "ACCEPTED", "REDIRECTED", "REFUSED", "GONE", "FAULT", "TIMEOUT", "ADDRESS", "TLS", "UNREACHABLE",
        "UNSIGNED", "INTERRUPTED",
    ]  # fmt: skip
    status: int | None
    duration_ms: int | None
    started_at: datetime
    next_attempt_at: datetime | None


class JwkRead(Schema):
    """A public key (RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    use: Literal["sig"]
    kid: str
    x: str


class JwksRead(Schema):
    """The public keys an endpoint's messages may be signed with now."""

    keys: list[JwkRead]
