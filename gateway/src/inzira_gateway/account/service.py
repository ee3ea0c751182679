"""The use cases of accounts. Every change is written down in account_change and raises the account's epoch."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from inzira_contracts.policy import policy
from inzira_platform.ids import new_id
from inzira_platform.page import PageRequest, paged
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.account import repository
from inzira_gateway.account.domain import (
    PRIVILEGED,
    AccountChangedError,
    AccountState,
    OwnAccountError,
    Reach,
    UsernameTakenError,
    check_confirmation,
    check_password,
    check_reach,
    first_state,
)
from inzira_gateway.account.hashing import Passwords
from inzira_gateway.account.models import Account, AccountChange


async def create_account(
    session: AsyncSession,
    passwords: Passwords,
    *,
    username: str,
    display_name: str,
    reach: Reach,
    password: str,
    by: str,
    now: datetime,
    confirmed: bool = False,
) -> Account:
    """Make an account; a privileged role waits for a second administrator unless `confirmed`.

    Raises UsernameTakenError, WeakPasswordError, ReachMissingError or UnknownRoleError.
    """
    check_reach(reach, policy().role_scope)
    check_password(password, username)
    if await repository.find_by_username(session, username) is not None:
        raise UsernameTakenError(field="username")
    account = Account(
        id=new_id(),
        username=username.lower(),
        display_name=display_name,
        password_hash=await passwords.hash(password),
        state=first_state(reach.role, confirmed=confirmed),
        requested_by=by,
        created_at=now,
        updated_at=now,
        role=reach.role,
        agency=reach.agency,
        org=reach.org,
        facilities=list(reach.facilities),
        districts=list(reach.districts),
    )
    session.add(account)
    await session.flush()
    _write_down(session, account, "created", by, now, {"role": reach.role, "state": account.state})
    return account


async def change_account(
    session: AsyncSession,
    passwords: Passwords,
    account_id: UUID,
    changes: Mapping[str, object],
    *,
    version: int,
    by: str,
    now: datetime,
) -> Account:
    """Change role, reach, name, state or password of an account; `version` is the one that was read.

    Raises AccountNotFoundError, AccountChangedError, OwnAccountError, SecondAdministratorNeededError and what
    `create_account` raises.
    """
    account = await repository.get_account(session, account_id, lock=True)
    if account.version != version:
        raise AccountChangedError
    if str(account.id) == by:
        raise OwnAccountError
    before = account.state
    _apply_reach(account, changes, by)
    _apply_state(account, changes, by)
    password = changes.get("password")
    if isinstance(password, str):
        check_password(password, account.username)
        account.password_hash = await passwords.hash(password)
    account.display_name = str(changes.get("display_name", account.display_name))
    account.version += 1
    account.epoch += 1
    account.updated_at = now
    await session.flush()
    facts: dict[str, object] = {"fields": sorted(changes), "role": account.role, "from": before, "to": account.state}
    _write_down(session, account, "changed", by, now, facts)
    return account


def _apply_reach(account: Account, changes: Mapping[str, object], by: str) -> None:
    current = reach_of(account)
    wanted = {name: changes.get(name, value) for name, value in asdict(current).items()}
    reach = Reach(
        role=str(wanted["role"]),
        agency=str(wanted["agency"]),
        org=str(wanted["org"]) if wanted["org"] else None,
        facilities=_codes(wanted["facilities"]),
        districts=_codes(wanted["districts"]),
    )
    if reach == current:
        return
    check_reach(reach, policy().role_scope)
    if reach.role in PRIVILEGED and reach.role != current.role:
        account.state = AccountState.PENDING
        account.requested_by = by
    account.role, account.agency, account.org = reach.role, reach.agency, reach.org
    account.facilities, account.districts = list(reach.facilities), list(reach.districts)


def _apply_state(account: Account, changes: Mapping[str, object], by: str) -> None:
    wanted = changes.get("state")
    if wanted is None:
        return
    if wanted == AccountState.ACTIVE and account.state == AccountState.PENDING:
        check_confirmation(account.role, account.requested_by, by)
    account.state = AccountState(str(wanted))


def _codes(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()


def reach_of(account: Account) -> Reach:
    """The reach as the rules see it."""
    return Reach(account.role, account.agency, account.org, tuple(account.facilities), tuple(account.districts))


async def get_account(session: AsyncSession, account_id: UUID) -> Account:
    """Raises AccountNotFoundError."""
    return await repository.get_account(session, account_id)


async def find_by_username(session: AsyncSession, username: str) -> Account | None:
    return await repository.find_by_username(session, username)


async def list_accounts(session: AsyncSession, page: PageRequest) -> tuple[list[Account], str | None]:
    """One page by user name, and the cursor of the next."""
    rows = await repository.list_accounts(session, page)
    return paged(rows, page.limit, lambda account: [account.username])


@dataclass(frozen=True, slots=True)
class Officer:
    """Who stands behind an account id, for those who are shown what the account did."""

    name: str
    agency: str


async def officers(session: AsyncSession, ids: Sequence[str]) -> dict[str, Officer]:
    """Officers by account id; ids that are no account's are absent."""
    found = await repository.find_officers(session, ids)
    return {str(row.id): Officer(row.display_name, row.agency) for row in found}


def _write_down(
    session: AsyncSession, account: Account, action: str, by: str, now: datetime, facts: dict[str, object]
) -> None:
    change = AccountChange(
        id=new_id(), account_id=account.id, action=action, changed_by=by, changed_at=now, facts=facts
    )
    session.add(change)
