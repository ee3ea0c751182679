"""Alembic's environment: the platform's, for this service's tables."""

from inzira_curriculum.models import Base
from inzira_platform.migrations import run

run(Base.metadata)
