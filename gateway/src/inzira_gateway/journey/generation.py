"""Which generation of the read model answers."""

from sqlalchemy import select
from sqlmodel import col

from inzira_gateway.journey.models import Projection

ACTIVE = select(col(Projection.generation)).where(col(Projection.state) == "ACTIVE").scalar_subquery()
"""Compared with in every read: a flip of generations is one changed row."""
