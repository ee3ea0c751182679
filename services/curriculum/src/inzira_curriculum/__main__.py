"""`python -m inzira_curriculum api | worker | migrate | check-migrations | openapi`."""

from inzira_platform.commands import run

from inzira_curriculum.main import SERVICE

if __name__ == "__main__":
    run(SERVICE)
