"""Statements of attainment on the wire."""

from datetime import date
from uuid import UUID

from inzira_platform.http import Day, Schema, Written
from pydantic import Field


class StatementCreate(Schema):
    """A statement on request. The day may be past."""

    issued_on: Day


class StatementWritten(Written):
    modules: list[str] = Field(description="codes of the modules it attests")


class StatementRead(Schema):
    """What a statement says: the modules of a programme, never where they were learned."""

    id: UUID
    programme_code: str
    programme_version: int
    modules: list[str]
    issued_on: date
