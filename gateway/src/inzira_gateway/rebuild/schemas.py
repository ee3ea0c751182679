"""Rebuilds on the wire."""

from datetime import datetime
from typing import Any

from inzira_platform.http import Schema, ShortText
from pydantic import Field


class RebuildCreate(Schema):
    reason: ShortText = Field(description="why, for the record")


class RebuildWritten(Schema):
    generation: int
    state: str


class GenerationRead(Schema):
    """One generation of the read model."""

    generation: int
    state: str = Field(description="BUILDING, ACTIVE or RETIRED")
    started_at: datetime
    activated_at: datetime | None
    requested_by: str
    reason: str
    progress: dict[str, Any]


class GenerationsRead(Schema):
    items: list[GenerationRead]
