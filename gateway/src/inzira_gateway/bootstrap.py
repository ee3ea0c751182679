"""The first administrator, made straight on the database by whoever holds the gateway's settings."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from inzira_platform.clock import SystemClock
from inzira_platform.database import make_engine
from inzira_platform.errors import DomainError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from inzira_gateway.account import service
from inzira_gateway.account.domain import Reach
from inzira_gateway.account.hashing import Passwords
from inzira_gateway.settings import Settings
from inzira_gateway.transactions import Transactions


def create_account(arguments: Sequence[str]) -> int:
    """The command `create-account`: the exit code. The password comes on standard input, never as an argument."""
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


async def create_first_account(
    settings: Settings, *, username: str, display_name: str, reach: Reach, password: str
) -> str:
    """Make an account without a second administrator's word; its id.

    Raises what `create_account` raises. Who can run this holds the database password: the second pair of eyes is
    theirs who gave it to them, and the account's record says `bootstrap`.
    """
    engine = make_engine(settings.database_dsn.get_secret_value(), 1)
    transactions = Transactions(async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False))
    try:
        async with transactions.begin() as session:
            account = await service.create_account(
                session,
                Passwords(),
                username=username,
                display_name=display_name,
                reach=reach,
                password=password,
                by="bootstrap",
                now=SystemClock().now(),
                confirmed=True,
            )
            return str(account.id)
    finally:
        await engine.dispose()
