"""Shapes every service speaks on the wire: bounded types, schema base, answers of writes, ETags."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_-]{1,32}$")]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Day = Annotated[
    date,
    Field(ge=date(1900, 1, 1), le=date(2200, 12, 31), json_schema_extra={"pattern": r"^(19|20|21)\d\d-\d\d-\d\d$"}),
]
Instant = AwareDatetime


class Schema(BaseModel):
    """Base of every request and answer: unknown fields refused, spaces trimmed, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, from_attributes=True)


class Written(Schema):
    """Answer of a write: ids and state, never personal data (it is kept for idempotent replay)."""

    id: UUID = Field(description="what was made or changed")
    version: int = Field(ge=1, description="its version, for If-Match")


def etag(version: int) -> str:
    """Strong ETag of a row's version."""
    return f'"{version}"'


def strong_version(header: str) -> int | None:
    """The version in an If-Match header; None when it is not one of our ETags."""
    value = header.strip().strip('"')
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else None
