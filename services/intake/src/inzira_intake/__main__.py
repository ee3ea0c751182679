"""`python -m inzira_intake api | worker | migrate | check-migrations | openapi`."""

from inzira_platform.commands import run

from inzira_intake.main import SERVICE
from inzira_intake.models import Base

if __name__ == "__main__":
    run(SERVICE, Base)
