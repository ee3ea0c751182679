"""`python -m inzira_intake api | worker | migrate | check-migrations | openapi`."""

from inzira_platform.commands import run

from inzira_intake.main import SERVICE

if __name__ == "__main__":
    run(SERVICE)
