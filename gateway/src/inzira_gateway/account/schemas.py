"""Accounts on the wire. A password goes in and never comes out."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from inzira_platform.http import Code, Schema, ShortText
from pydantic import Field, SecretStr, StringConstraints

Role = Literal[
    "rcs_intake_officer", "rcs_psychosocial_officer", "tvet_instructor", "caseworker", "supervisor",
    "me_officer", "data_protection_officer", "administrator",
]  # fmt: skip
Username = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{2,39}$")]
Password = Annotated[SecretStr, Field(min_length=1, max_length=128)]
Codes = Annotated[list[Code], Field(max_length=60)]


class AccountCreate(Schema):
    """A new account; a privileged one starts PENDING and is confirmed by another administrator."""

    username: Username
    display_name: ShortText
    role: Role
    agency: Code
    org: Code | None = None
    facilities: Codes = Field(default_factory=list)
    districts: Codes = Field(default_factory=list)
    password: Password


class AccountUpdate(Schema):
    """What changes; fields left out stay as they are."""

    display_name: ShortText | None = None
    role: Role | None = None
    agency: Code | None = None
    org: Code | None = None
    facilities: Codes | None = None
    districts: Codes | None = None
    state: Literal["ACTIVE", "DISABLED"] | None = None
    password: Password | None = None


class AccountRead(Schema):
    id: UUID
    username: str
    display_name: str
    role: str
    agency: str
    org: str | None
    facilities: list[str]
    districts: list[str]
    state: str
    version: int
    created_at: datetime
    updated_at: datetime


class AccountWritten(Schema):
    id: UUID
    version: int
    state: str
