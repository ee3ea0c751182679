"""What the intake service is made of."""

from pathlib import Path

from inzira_platform.service import Service

from inzira_intake.consumers import HANDLERS
from inzira_intake.models import Base
from inzira_intake.register.processing import SCANNERS as REGISTER_SCANNERS
from inzira_intake.register.routes import router as register_router
from inzira_intake.settings import Settings

SERVICE = Service(
    name="intake",
    settings=Settings,
    routers=[register_router],
    handlers=HANDLERS,
    topics=["inzira.reintegration"],
    scanners=[*REGISTER_SCANNERS],
    title="Inzira intake",
    description="Who a person is, and their custody: admission, movements, sentence and dates, release.",
    migrations=Path(__file__).parents[2] / "migrations",
    metadata=Base.metadata,
)
