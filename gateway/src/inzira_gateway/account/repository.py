"""Every SQL statement about accounts."""

from collections.abc import Sequence
from uuid import UUID

from inzira_platform.ids import as_id
from inzira_platform.page import PageRequest
from sqlalchemy import ARRAY, Row, Uuid, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_gateway.account.domain import AccountNotFoundError
from inzira_gateway.account.models import Account

AMONG = select(col(Account.id), col(Account.display_name), col(Account.agency)).where(
    col(Account.id) == any_(bindparam("ids", type_=ARRAY(Uuid)))
)


async def get_account(session: AsyncSession, account_id: UUID, *, lock: bool = False) -> Account:
    """Raises AccountNotFoundError."""
    account = await session.get(Account, account_id, with_for_update=lock)
    if account is None:
        raise AccountNotFoundError
    return account


async def find_by_username(session: AsyncSession, username: str) -> Account | None:
    found = await session.execute(select(Account).where(col(Account.username) == username.lower()))
    return found.scalar_one_or_none()


async def list_accounts(session: AsyncSession, page: PageRequest) -> Sequence[Account]:
    """At most one more than the page holds, by user name."""
    query = select(Account).order_by(col(Account.username)).limit(page.limit + 1)
    after = page.after(1)
    if after is not None:
        query = query.where(col(Account.username) > after[0])
    return (await session.execute(query)).scalars().all()


async def find_officers(session: AsyncSession, ids: Sequence[str]) -> Sequence[Row[UUID, str, str]]:
    """Id, name and agency of the accounts among `ids`; what is no account id is passed over."""
    known = [identifier for identifier in map(as_id, dict.fromkeys(ids)) if identifier is not None]
    if not known:
        return []
    return (await session.execute(AMONG, {"ids": known})).all()
