"""Alembic's entry: the gateway's tables through the platform's runner."""

from inzira_gateway import models
from inzira_platform.migrations import run

run(models.Base.metadata)
