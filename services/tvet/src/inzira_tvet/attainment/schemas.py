"""Statements of attainment on the wire."""

from inzira_platform.http import Day, Schema, Written
from pydantic import Field


class StatementCreate(Schema):
    """A statement on request. The day may be past."""

    issued_on: Day


class StatementWritten(Written):
    modules: list[str] = Field(description="codes of the modules it attests")
