"""The first administrator, made straight on the database by whoever holds the gateway's settings."""

from inzira_platform.clock import SystemClock
from inzira_platform.database import make_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from inzira_gateway.account import service
from inzira_gateway.account.domain import Reach
from inzira_gateway.account.hashing import Passwords
from inzira_gateway.settings import Settings
from inzira_gateway.transactions import Transactions


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
