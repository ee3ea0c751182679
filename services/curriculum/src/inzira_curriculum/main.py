"""What the curriculum service is made of."""

from pathlib import Path

from inzira_platform.service import Service

from inzira_curriculum.assessment.routes import router as assessment
from inzira_curriculum.attendance.routes import router as attendance
from inzira_curriculum.certificate.routes import router as certificate
from inzira_curriculum.cohort.routes import router as cohort
from inzira_curriculum.completion.routes import router as completion
from inzira_curriculum.consumers import HANDLERS
from inzira_curriculum.enrolment.routes import router as enrolment
from inzira_curriculum.models import Base
from inzira_curriculum.programme.routes import router as programme
from inzira_curriculum.settings import Settings

SERVICE = Service(
    name="curriculum",
    settings=Settings,
    routers=[programme, cohort, enrolment, attendance, assessment, completion, certificate],
    handlers=HANDLERS,
    topics=["inzira.intake", "inzira.reintegration"],
    title="Inzira curriculum",
    description="Programme templates, cohorts, enrolment, attendance, completion and certificates. No names.",
    migrations=Path(__file__).parents[2] / "migrations",
    metadata=Base.metadata,
)
