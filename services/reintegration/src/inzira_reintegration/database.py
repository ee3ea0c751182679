"""The base of this service's tables: a registry of its own, with the platform's tables in it."""

from typing import TYPE_CHECKING

from inzira_platform.database import service_base
from sqlalchemy import Column, DateTime

if TYPE_CHECKING:  # a class made at run time is no base class to the type checker
    from sqlmodel import SQLModel as Base
else:
    Base = service_base()


def moment(*, nullable: bool = False) -> "Column[object]":
    """A timestamptz column."""
    return Column(DateTime(timezone=True), nullable=nullable)


def one_of(column: str, values: type) -> str:
    """CHECK expression: `column` holds one of the members of a StrEnum."""
    listed = ", ".join(f"'{member.value}'" for member in values)  # type: ignore[attr-defined]  # any StrEnum
    return f"{column} IN ({listed})"


__all__ = ["Base", "moment", "one_of"]
