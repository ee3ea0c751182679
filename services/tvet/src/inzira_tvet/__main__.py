"""`python -m inzira_tvet api|worker|migrate|check-migrations|openapi`."""

from inzira_platform.commands import run

from inzira_tvet.main import SERVICE

if __name__ == "__main__":
    run(SERVICE)
