"""The base class of the gateway's tables, with a registry of its own."""

from typing import TYPE_CHECKING

from inzira_platform.database import service_base

if TYPE_CHECKING:  # a class made at run time is no base class to the type checker
    from sqlmodel import SQLModel as Base
else:
    Base = service_base()

__all__ = ["Base"]
