"""Statistics on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from inzira_platform.http import Schema
from pydantic import Field, StringConstraints

Period = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]


class CubeRead(Schema):
    """A cube as it is declared."""

    name: str
    version: int
    measure: str
    k: int = Field(description="no number stands for fewer persons than this")
    dimensions: list[str]
    values: list[str] = Field(description="of the last dimension; everybody else counts under OTHER")
    purposes: list[str]


class GrantedCubesRead(Schema):
    """The cubes a partner may read, and the months there are figures of."""

    cubes: list[CubeRead]
    releases: list[str]


class NumberRead(Schema):
    """One number. A dimension that is absent: over all its values."""

    stage: str | None = None
    return_district: str | None = None
    facility: str | None = None
    persons: int = Field(ge=5)
    as_known_on: date = Field(description="earlier than the release's own day where the number was carried forward")


class FiguresRead(Schema):
    """The figures of one release: it answers the same for ever. What is absent is unknown, and may be none."""

    cube: str
    version: int
    release: str
    as_known_on: date
    measure: str
    k: int
    dimensions: list[str]
    numbers: list[NumberRead]


class ReleaseRead(Schema):
    """A release, of all cubes. `shown`: numbers it shows; `renewed`: those of them that are of its own day."""

    id: UUID
    period: str
    as_known_on: date
    is_carried_forward: bool
    shown: int
    renewed: int
    made_by: str
    made_at: datetime


class ReleaseWritten(Schema):
    id: UUID
    period: str
    as_known_on: date
    is_carried_forward: bool
    shown: int
    renewed: int
