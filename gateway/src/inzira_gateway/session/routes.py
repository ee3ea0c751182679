"""HTTP of signing in and out."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from inzira_contracts.policy import policy
from inzira_platform.auth import UnauthenticatedError
from inzira_platform.deps import ClockDep, PrincipalDep, SessionDep, declared
from inzira_platform.scope import as_system

from inzira_gateway.account import service as accounts
from inzira_gateway.session.schemas import MeRead, RefreshCreate, SignInCreate, TokensRead
from inzira_gateway.session.service import SignIn, Tokens
from inzira_gateway.token.keys import public_keys
from inzira_gateway.transactions import TransactionsDep

router = APIRouter(tags=["session"])
SESSION_HEADER = "x-gateway-session"
"""Set by the gateway's own door for the session behind a token; a client's header of this name never gets here."""


async def _sign_in(request: Request, transactions: TransactionsDep, clock: ClockDep) -> SignIn:
    return SignIn(transactions, request.app.state.passwords, request.app.state.issuer, clock)


SignInDep = Annotated[SignIn, Depends(_sign_in)]


@router.post("/v1/sessions", status_code=201, **declared("session:open"))
async def sign_in(body: SignInCreate, use_case: SignInDep) -> TokensRead:
    """Sign in with user name and password."""
    return _tokens(await use_case.sign_in(body.username, body.password.get_secret_value()))


@router.post("/v1/sessions/refresh", status_code=201, **declared("session:open"))
async def refresh(body: RefreshCreate, use_case: SignInDep) -> TokensRead:
    """Exchange the refresh token for a new pair. Each is good once; a second use ends the session."""
    return _tokens(await use_case.renew(body.refresh_token.get_secret_value()))


@router.delete("/v1/sessions/current", status_code=204, **declared("session:use"))
async def sign_out(
    use_case: SignInDep, x_gateway_session: Annotated[str | None, Header(include_in_schema=False)] = None
) -> Response:
    """Sign out: the session's tokens are refused within 5 seconds."""
    if x_gateway_session is None:
        raise UnauthenticatedError
    await use_case.sign_out(UUID(x_gateway_session))
    return Response(status_code=204)


@router.get("/v1/me", **declared("session:use"))
async def who_am_i(session: SessionDep, principal: PrincipalDep) -> MeRead:
    """The caller's account, reach and permissions."""
    async with as_system(session):
        account = await accounts.get_account(session, UUID(principal.sub))
    permissions = [name for name, roles in policy().permissions.items() if roles & principal.roles]
    return MeRead(
        account_id=account.id,
        username=account.username,
        display_name=account.display_name,
        role=account.role,
        scope=principal.scope_kind,
        agency=account.agency,
        org=account.org,
        facilities=account.facilities,
        districts=account.districts,
        permissions=sorted(permissions),
    )


@router.get("/.well-known/jwks.json", **declared("session:open"))
async def keys(request: Request, response: Response) -> dict[str, Any]:
    """The public keys that verify the gateway's tokens (RFC 7517)."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return public_keys(request.app.state.settings.jwks_file)


def _tokens(tokens: Tokens) -> TokensRead:
    return TokensRead(
        session_id=tokens.session_id,
        access_token=tokens.access_token,
        expires_in=tokens.expires_in,
        refresh_token=tokens.refresh_token,
        refresh_expires_in=tokens.refresh_expires_in,
    )
