"""`python -m inzira_curriculum api | worker | migrate | check-migrations | openapi`."""

import gc

if __name__ == "__main__":
    gc.disable()  # nothing of a start is garbage; what then runs for long turns it on again

    from inzira_platform.commands import run

    from inzira_curriculum.main import SERVICE

    run(SERVICE)
