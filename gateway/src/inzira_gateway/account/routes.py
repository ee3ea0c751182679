"""HTTP of accounts, for administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, IfMatchDep, OnceDep, PrincipalDep, SessionDep, declared
from inzira_platform.http import etag
from inzira_platform.page import Page, PageDep
from inzira_platform.scope import as_system
from pydantic import SecretStr

from inzira_gateway.account import service
from inzira_gateway.account.domain import AccountState, Reach
from inzira_gateway.account.hashing import Passwords
from inzira_gateway.account.schemas import AccountCreate, AccountRead, AccountUpdate, AccountWritten
from inzira_gateway.session.service import end_sessions

router = APIRouter(tags=["account"])


async def _passwords(request: Request) -> Passwords:
    passwords: Passwords = request.app.state.passwords
    return passwords


PasswordsDep = Annotated[Passwords, Depends(_passwords)]


@router.get("/v1/accounts", **declared("account:manage"))
async def list_accounts(session: SessionDep, page: PageDep) -> Page[AccountRead]:
    """Accounts by user name."""
    async with as_system(session):
        accounts, cursor = await service.list_accounts(session, page)
        return Page(items=[AccountRead.model_validate(account) for account in accounts], next_cursor=cursor)


@router.get("/v1/accounts/{account_id}", **declared("account:manage"))
async def get_account(account_id: UUID, session: SessionDep, response: Response) -> AccountRead:
    """One account; its ETag goes into If-Match of a change."""
    async with as_system(session):
        account = await service.get_account(session, account_id)
        response.headers["ETag"] = etag(account.version)
        return AccountRead.model_validate(account)


@router.post("/v1/accounts", status_code=201, response_model=AccountWritten, **declared("account:manage"))
async def create_account(
    body: AccountCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    once: OnceDep,
    passwords: PasswordsDep,
) -> JSONResponse:
    """Make an account. A privileged role (administrator, data protection, national figures) stays PENDING
    until another administrator sets its state to ACTIVE.
    """
    reach = Reach(body.role, body.agency, body.org, tuple(body.facilities), tuple(body.districts))
    async with as_system(session):
        account = await service.create_account(
            session,
            passwords,
            username=body.username,
            display_name=body.display_name,
            reach=reach,
            password=body.password.get_secret_value(),
            by=principal.sub,
            now=clock.now(),
        )
    return await once.remember(201, AccountWritten.model_validate(account))


@router.patch("/v1/accounts/{account_id}", **declared("account:manage"))
async def change_account(
    account_id: UUID,
    body: AccountUpdate,
    version: IfMatchDep,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    passwords: PasswordsDep,
    response: Response,
) -> AccountWritten:
    """Change role, reach, name, state or password; access tokens issued before are refused within 5 seconds.
    A new password, and whatever takes the right to sign in away, also ends every session.
    """
    changes = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in body.model_dump(exclude_none=True).items()
    }
    async with as_system(session):
        account = await service.change_account(
            session, passwords, account_id, changes, version=version, by=principal.sub, now=clock.now()
        )
        if "password" in changes or account.state != AccountState.ACTIVE:
            await end_sessions(session, account_id, "account-changed", clock.now())
    response.headers["ETag"] = etag(account.version)
    return AccountWritten.model_validate(account)
