"""Sessions on the wire."""

from typing import Annotated
from uuid import UUID

from inzira_platform.http import Schema
from pydantic import Field, SecretStr, StringConstraints


class SignInCreate(Schema):
    username: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9._-]+$")]
    password: Annotated[SecretStr, Field(min_length=1, max_length=128)]


class RefreshCreate(Schema):
    refresh_token: Annotated[SecretStr, Field(min_length=20, max_length=128)]


class TokensRead(Schema):
    """`access_token` goes into `Authorization: Bearer …`; `refresh_token` is good once."""

    session_id: UUID
    token_type: str = "Bearer"  # noqa: S105 - the name of a scheme, no secret
    access_token: str
    expires_in: int = Field(description="seconds")
    refresh_token: str
    refresh_expires_in: int = Field(description="seconds")


class MeRead(Schema):
    """Who the caller is and what they may do."""

    account_id: UUID
    username: str
    display_name: str
    role: str
    scope: str
    agency: str
    org: str | None
    facilities: list[str]
    districts: list[str]
    permissions: list[str]
