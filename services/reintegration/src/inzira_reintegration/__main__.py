"""`python -m inzira_reintegration api|worker|migrate|check-migrations|openapi`."""

from inzira_platform.commands import run

from inzira_reintegration.main import SERVICE

if __name__ == "__main__":
    run(SERVICE)
