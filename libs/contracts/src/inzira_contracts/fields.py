"""The types event fields are made of. Every one is bounded and says what it is to privacy (`x-pii`).

`none`: a code, date or figure. `ref`: an identifier that leads to a person only through its owner's API.
`encrypted`: a value that travels under the subject's own key; no event carries one today (events.md 4).
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

NONE: dict[str, Any] = {"x-pii": "none"}
REF: dict[str, Any] = {"x-pii": "ref"}
FIRST_YEAR, LAST_YEAR = 1900, 2200
UNKNOWN = "UNKNOWN"
READING = {"reading": True}


EARLIEST = datetime(FIRST_YEAR - 1, 12, 31, tzinfo=UTC)
"""The first day of the first year begins earlier in Kigali than in UTC."""


def _in_utc(moment: datetime) -> datetime:
    if moment < EARLIEST or moment.year > LAST_YEAR:
        raise ValueError("the year is out of range")
    return moment.astimezone(UTC)


def _in_range(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError("the year is out of range")
    return day


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc), Field(json_schema_extra=NONE)]
Day = Annotated[date, AfterValidator(_in_range), Field(json_schema_extra=NONE)]
Ref = Annotated[UUID, Field(json_schema_extra=REF)]
EventId = Annotated[UUID, Field(json_schema_extra=NONE)]
GroupId = Annotated[UUID, Field(json_schema_extra=NONE)]
Account = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$", json_schema_extra=REF)]
Code = Annotated[str, Field(pattern=r"^[A-Z0-9_-]{1,32}$", json_schema_extra=NONE)]
Agency = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", json_schema_extra=NONE)]
Term = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.:/-]{0,63}$", json_schema_extra=NONE)]
RuleSetId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@:/-]{0,63}$", json_schema_extra=NONE)]
Digest = Annotated[str, Field(pattern=r"^(sha256:)?[0-9a-f]{16,64}$", json_schema_extra=NONE)]
Serial = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{4,64}$", json_schema_extra=REF)]
RequestId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,128}$", json_schema_extra=NONE)]
Duration = Annotated[
    str,
    Field(
        pattern=r"^(LIFE|P(\d{1,3}Y(\d{1,4}M)?(\d{1,5}D)?|\d{1,4}M(\d{1,5}D)?|\d{1,5}D))$",
        json_schema_extra=NONE,
    ),
]
Count = Annotated[int, Field(ge=0, le=1_000_000, json_schema_extra=NONE)]
Ordinal = Annotated[int, Field(ge=1, le=1_000_000, json_schema_extra=NONE)]
BirthYear = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR, json_schema_extra=NONE)]
RtqfLevel = Annotated[int, Field(ge=1, le=7, json_schema_extra=NONE)]
Mark = Annotated[bool, Field(json_schema_extra=NONE)]
Codes = Annotated[list[Code], Field(max_length=200, json_schema_extra=NONE)]
Terms = Annotated[list[Term], Field(max_length=100, json_schema_extra=NONE)]
Refs = Annotated[list[UUID], Field(max_length=1000, json_schema_extra=REF)]


class OpenCode(StrEnum):
    """A list of codes that may grow: a reader turns a value it does not know into UNKNOWN.

    Each list has a member UNKNOWN, which readers alone may meet: a writer that sends it is refused.
    """

    @classmethod
    def _admit(cls, value: object, info: ValidationInfo) -> object:
        if info.context is READING and isinstance(value, str):
            return cls(value if value in cls._value2member_map_ else UNKNOWN)
        if value == UNKNOWN:
            raise ValueError("UNKNOWN is for readers only")
        return value

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[object], handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_before_validator_function(cls._admit, handler(source))

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        described = handler.resolve_ref_schema(handler(schema))
        described["enum"] = [member.value for member in cls if member.value != UNKNOWN]
        described |= {"x-unknown": UNKNOWN, **NONE}
        return described
