"""The ledger on the wire."""

from datetime import datetime
from uuid import UUID

from inzira_platform.http import Schema
from pydantic import Field


class DisclosureRead(Schema):
    """One answer that showed the person: to whom, why, and what kind of view."""

    id: UUID
    occurred_at: datetime
    service: str
    operation: str
    actor: str
    actor_name: str | None = Field(description="the officer's name, where the actor is an account of this gateway")
    agency: str | None
    purpose: str
    outcome: str
    view: str
    request_id: str
