"""Grants on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from inzira_platform.http import Code, Day, Schema, ShortText
from pydantic import Field, StringConstraints

from inzira_gateway.grant.domain import Basis, GrantRoute

ViewName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{1,39}$")]
PurposeName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
FilterKind = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class GrantCreate(Schema):
    """A grant as it is proposed; a second person approves it."""

    partner_id: UUID
    route: GrantRoute
    row_filter: Annotated[dict[FilterKind, Annotated[list[Code], Field(max_length=60)]], Field(max_length=10)] = Field(
        description="districts, facilities, stages: every kind named must hold; an empty one lets nobody through"
    )
    view: ViewName = Field(description="its name; of a grant of statistics the name of a cube")
    view_version: int = Field(ge=1, le=10_000)
    purposes: Annotated[list[PurposeName], Field(min_length=1, max_length=9)]
    basis: Basis
    basis_code: Code | None = Field(None, description="of the law or agreement, unless the basis is consent")
    agreement: ShortText = Field(description="reference of the agreement with the partner")
    valid_from: Day
    valid_to: Day


class GrantRead(Schema):
    id: UUID
    client_id: str
    route: str
    row_filter: dict[str, list[str]]
    view: str
    view_version: int
    purposes: list[str]
    basis: str
    basis_code: str | None
    agreement: str
    valid_from: date
    valid_to: date
    state: Literal["PROPOSED", "ACTIVE", "SUSPENDED"]
    proposed_by: str
    approved_by: str | None
    suspended_at: datetime | None
    version: int


class GrantWritten(Schema):
    id: UUID
    state: str
    version: int


class ViewRead(Schema):
    """A view that grants may name."""

    name: str
    version: int
    fields: tuple[str, ...]
