"""The base of this service's tables: a registry of its own, with the platform's tables in it."""

from typing import TYPE_CHECKING

from inzira_platform.database import service_base

if TYPE_CHECKING:  # a class made at run time is no base class to the type checker
    from sqlmodel import SQLModel as Base
else:
    Base = service_base()

__all__ = ["Base"]
