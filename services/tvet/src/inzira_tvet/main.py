"""What the training service is made of."""

from pathlib import Path

from fastapi import FastAPI
from inzira_platform.app import build_app
from inzira_platform.service import Service

from inzira_tvet.assessment import routes as assessment
from inzira_tvet.attainment import routes as attainment
from inzira_tvet.attendance import routes as attendance
from inzira_tvet.award import routes as award
from inzira_tvet.consumers import HANDLERS
from inzira_tvet.models import Base
from inzira_tvet.programme import routes as programme
from inzira_tvet.settings import Settings
from inzira_tvet.training import routes as training
from inzira_tvet.transcript import routes as transcript

SERVICE = Service(
    name="tvet",
    settings=Settings,
    routers=[
        programme.router,
        training.router,
        transcript.router,
        attendance.router,
        assessment.router,
        award.router,
        attainment.router,
    ],
    handlers=HANDLERS,
    topics=["inzira.intake", "inzira.reintegration"],
    title="Inzira training",
    description="Trades and programmes, trainings, competence, awards and statements of attainment.",
    migrations=Path(__file__).parents[2] / "migrations",
    metadata=Base.metadata,
)


def create_app(settings: Settings) -> FastAPI:
    """The API of the service."""
    return build_app(SERVICE, settings)
