"""`python -m inzira_gateway`: api | worker | migrate | check-migrations | openapi | registry | create-account."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from inzira_platform.commands import run
from inzira_platform.errors import DomainError

from inzira_gateway.account.domain import Reach
from inzira_gateway.bootstrap import create_first_account
from inzira_gateway.main import SERVICE
from inzira_gateway.registry.command import run_registry
from inzira_gateway.settings import Settings


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code."""
    if arguments[:1] == ["registry"]:
        return run_registry(SERVICE, arguments[1:])
    if arguments[:1] == ["create-account"]:
        return _create_account(arguments[1:])
    run(SERVICE, arguments)
    return 0


def _create_account(arguments: Sequence[str]) -> int:
    """Make an account on the database itself; the password comes on standard input, never as an argument."""
    parser = argparse.ArgumentParser(prog="inzira-gateway create-account")
    parser.add_argument("username")
    parser.add_argument("--name", required=True, help="the officer's name")
    parser.add_argument("--role", default="administrator")
    parser.add_argument("--agency", default="RCS")
    parser.add_argument("--org")
    parser.add_argument("--facility", action="append", default=[], help="repeat for several")
    parser.add_argument("--district", action="append", default=[], help="repeat for several")
    options = parser.parse_args(arguments)
    reach = Reach(options.role, options.agency, options.org, tuple(options.facility), tuple(options.district))
    password = sys.stdin.readline().rstrip("\r\n")
    making = create_first_account(
        Settings(), username=options.username, display_name=options.name, reach=reach, password=password
    )
    try:
        print(asyncio.run(making))
    except DomainError as error:
        print(error.detail, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
