"""Shapes every service speaks on the wire: bounded types, schema base, answers of writes, ETags."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_-]{1,32}$")]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d([Tt ].*)?", re.DOTALL)


def _written(value: Any) -> Any:  # noqa: ANN401 - whatever a client sent
    """A number is no date: pydantic would take it for seconds since 1970."""
    if isinstance(value, date) or (isinstance(value, str) and _WRITTEN.fullmatch(value)):
        return value
    raise PydanticCustomError("date_as_text", "write it as text, year first")


Day = Annotated[
    date,
    BeforeValidator(_written),
    Field(ge=date(1900, 1, 1), le=date(2200, 12, 31), json_schema_extra={"pattern": r"^(19|20|21)\d\d-\d\d-\d\d$"}),
]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_written),
    Field(
        ge=datetime(1900, 1, 2, tzinfo=UTC),
        le=datetime(2200, 1, 1, tzinfo=UTC),
        json_schema_extra={"pattern": r"^(19|20|21)\d\d-\d\d-\d\d[Tt ]"},
    ),
]


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


_STRONG = re.compile(r'"(?P<quoted>[0-9]{1,9})"|(?P<bare>[0-9]{1,9})')


def strong_version(header: str) -> int | None:
    """The version in an If-Match header; None when it is not one of our ETags."""
    found = _STRONG.fullmatch(header.strip())
    return int(found["quoted"] or found["bare"]) if found else None
