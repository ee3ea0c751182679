"""The base of this service's tables: a registry of its own, with the platform's tables in it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from inzira_platform.database import service_base
from sqlalchemy import CheckConstraint, Column, DateTime, Text

if TYPE_CHECKING:  # a class made at run time is no base class to the type checker
    from sqlmodel import SQLModel as Base
else:
    Base = service_base()

__all__ = ["Base", "moment", "one_of", "plain_text"]


def moment(*, nullable: bool = False) -> Column[Any]:
    """A timestamptz column."""
    return Column(DateTime(timezone=True), nullable=nullable)


def plain_text(**options: Any) -> Column[Any]:  # noqa: ANN401 - passed to SQLAlchemy's Column
    """A text column compared byte by byte, so that prefix search reaches its index under RLS (security.md 4)."""
    return Column(Text(collation="C"), nullable=False, **options)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """CHECK that `column` holds one of `values`: text and not an enum, which policies could not index."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
