"""Alembic's environment: the platform's, for this service's tables."""

from inzira_platform.migrations import run
from inzira_reintegration.models import Base

run(Base.metadata)
