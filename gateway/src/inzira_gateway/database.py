"""The base class of the gateway's tables, with a registry of its own."""

from inzira_platform.database import service_base

Base = service_base()
