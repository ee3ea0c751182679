"""What the intake service is made of."""

from pathlib import Path

from inzira_platform.service import Service

from inzira_intake.admission.routes import router as admissions
from inzira_intake.consent.routes import router as consents
from inzira_intake.consumers import HANDLERS
from inzira_intake.correction.routes import router as corrections
from inzira_intake.dossier.routes import router as dossiers
from inzira_intake.due.routes import router as dues
from inzira_intake.facility.routes import router as reference
from inzira_intake.models import Base
from inzira_intake.movement.routes import router as movements
from inzira_intake.person.routes import router as persons
from inzira_intake.register.processing import SCANNERS as REGISTER_SCANNERS
from inzira_intake.register.routes import router as registers
from inzira_intake.release.routes import router as releases
from inzira_intake.scanner import SCANNERS
from inzira_intake.sentence.routes import router as sentences
from inzira_intake.settings import Settings

SERVICE = Service(
    name="intake",
    settings=Settings,
    routers=[
        admissions,
        persons,
        dossiers,
        movements,
        sentences,
        releases,
        corrections,
        consents,
        dues,
        reference,
        registers,
    ],
    handlers=HANDLERS,
    topics=["inzira.reintegration"],
    scanners=[*SCANNERS, *REGISTER_SCANNERS],
    title="Inzira intake",
    description="Who a person is, and their custody: admission, movements, sentence and dates, release.",
    migrations=Path(__file__).parents[2] / "migrations",
    metadata=Base.metadata,
)
