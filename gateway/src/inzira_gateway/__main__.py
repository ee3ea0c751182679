"""`python -m inzira_gateway`: api | worker | migrate | check-migrations | openapi | registry | create-account."""

import gc
import sys

if __name__ == "__main__":
    gc.disable()  # nothing of a start is garbage; what then runs for long turns it on again

    from inzira_platform.commands import run

    from inzira_gateway.bootstrap import create_account
    from inzira_gateway.main import SERVICE
    from inzira_gateway.registry.command import run_registry

    match sys.argv[1:]:
        case ["registry", *options]:
            raise SystemExit(run_registry(SERVICE, options))
        case ["create-account", *options]:
            raise SystemExit(create_account(options))
        case _:
            run(SERVICE)
