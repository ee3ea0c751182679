"""What every answer of the read model says about itself."""

from datetime import datetime

from inzira_platform.http import Schema
from pydantic import Field

from inzira_gateway.freshness.domain import Freshness


class SourceRead(Schema):
    source: str
    as_of: datetime | None = Field(description="up to when all this service said is contained")
    age_seconds: int | None


class GapRead(Schema):
    """Something this answer may lack: an absent section never means that there is no record."""

    section: str
    reason: str


class Aged(Schema):
    """Base of answers from the read model."""

    as_of: datetime | None = Field(description="the oldest of the sources; absent when one was never heard of")
    sources: list[SourceRead]
    unavailable: list[GapRead]


def aged(freshness: Freshness) -> dict[str, object]:
    """The fields of `Aged`."""
    return {
        "as_of": freshness.as_of,
        "sources": [SourceRead.model_validate(source) for source in freshness.sources],
        "unavailable": [GapRead.model_validate(gap) for gap in freshness.unavailable],
    }
