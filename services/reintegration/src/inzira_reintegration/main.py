"""What the reintegration service is made of."""

from pathlib import Path

from fastapi import FastAPI
from inzira_platform.app import build_app
from inzira_platform.service import Service

from inzira_reintegration.case import routes as case
from inzira_reintegration.closure import routes as closure
from inzira_reintegration.consumers import HANDLERS
from inzira_reintegration.flag import routes as flag
from inzira_reintegration.followup import routes as followup
from inzira_reintegration.lifecycle import routes as lifecycle
from inzira_reintegration.models import Base
from inzira_reintegration.plan import routes as plan
from inzira_reintegration.responsibility import routes as responsibility
from inzira_reintegration.scanner import SCANNERS
from inzira_reintegration.settings import Settings
from inzira_reintegration.visit import routes as visit
from inzira_reintegration.worklist import routes as worklist

SERVICE = Service(
    name="reintegration",
    settings=Settings,
    routers=[
        case.router,
        responsibility.router,
        plan.router,
        followup.router,
        visit.router,
        flag.router,
        closure.router,
        lifecycle.router,
        worklist.router,
    ],
    handlers=HANDLERS,
    topics=["inzira.intake"],
    scanners=SCANNERS,
    title="Inzira reintegration",
    description="Cases before and after release: responsible worker, plan, schedule, visits, flags, closure.",
    migrations=Path(__file__).parents[2] / "migrations",
    metadata=Base.metadata,
)


def create_app(settings: Settings) -> FastAPI:
    """The API of the service."""
    return build_app(SERVICE, settings)
