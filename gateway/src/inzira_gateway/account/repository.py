"""Every SQL statement about accounts."""

from collections.abc import Sequence
from uuid import UUID

from inzira_platform.page import PageRequest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.account.domain import AccountNotFoundError
from inzira_gateway.account.models import Account


async def get_account(session: AsyncSession, account_id: UUID, *, lock: bool = False) -> Account:
    """Raises AccountNotFoundError."""
    account = await session.get(Account, account_id, with_for_update=lock)
    if account is None:
        raise AccountNotFoundError
    return account


async def find_by_username(session: AsyncSession, username: str) -> Account | None:
    found = await session.execute(select(Account).where(Account.username == username.lower()))
    return found.scalar_one_or_none()


async def list_accounts(session: AsyncSession, page: PageRequest) -> Sequence[Account]:
    """At most one more than the page holds, by user name."""
    query = select(Account).order_by(Account.username).limit(page.limit + 1)
    after = page.after(1)
    if after is not None:
        query = query.where(Account.username > after[0])
    return (await session.execute(query)).scalars().all()


async def display_names(session: AsyncSession, ids: Sequence[str]) -> dict[str, str]:
    """Names of officers by account id, for those of `ids` that are accounts."""
    known = [identifier for identifier in dict.fromkeys(ids) if _is_uuid(identifier)]
    if not known:
        return {}
    query = select(Account.id, Account.display_name).where(Account.id.in_(known))  # type: ignore[attr-defined]  # SQLModel types columns as values
    return {str(row.id): row.display_name for row in (await session.execute(query)).all()}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
