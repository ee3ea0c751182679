"""Signing in, renewing and signing out. Each step is a short transaction of its own: a refusal is also recorded,
and no connection is held while a password is hashed.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from inzira_contracts.policy import policy
from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.account import service as accounts
from inzira_gateway.account.domain import AccountState, next_attempt_at
from inzira_gateway.account.hashing import Passwords
from inzira_gateway.account.models import Account
from inzira_gateway.session import repository
from inzira_gateway.session.domain import (
    IDLE,
    Refresh,
    RefreshRacedError,
    RefreshRefusedError,
    SignInRefusedError,
    TooManyAttemptsError,
    Use,
    digest,
    judge,
)
from inzira_gateway.session.models import RefreshToken, Session
from inzira_gateway.token.domain import ACCESS_LIFE, Caller
from inzira_gateway.token.keys import Issuer
from inzira_gateway.transactions import Transactions

PURPOSE_BY_ROLE = {
    "rcs_psychosocial_officer": "psychosocial_care",
    "tvet_instructor": "tvet_training",
    "caseworker": "reintegration_support",
    "supervisor": "reintegration_support",
    "me_officer": "me_statistics",
}
"""The purpose a role's reads serve when the request names none (security.md 6)."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a signed-in client holds."""

    session_id: UUID
    access_token: str
    refresh_token: str
    expires_in: int = int(ACCESS_LIFE.total_seconds())
    refresh_expires_in: int = int(IDLE.total_seconds())


@dataclass(frozen=True, slots=True)
class SignIn:
    """The use cases of sessions with what they need; made per request."""

    transactions: Transactions
    passwords: Passwords
    issuer: Issuer
    clock: Clock

    async def sign_in(self, username: str, password: str) -> Tokens:
        """Check a password and open a session.

        Raises SignInRefusedError (unknown user, wrong password and disabled account look and take the same) and
        TooManyAttemptsError while the name has to wait.
        """
        async with self.transactions.begin() as session:
            await self._check_delay(session, username)
            account = await accounts.find_by_username(session, username)
            kept = account.password_hash if account is not None else None
        good = await self.passwords.verify(kept, password)
        active = account is not None and account.state == AccountState.ACTIVE
        if not good or not active or account is None:
            async with self.transactions.begin() as session:
                await repository.count_failure(session, username, self.clock.now())
            raise SignInRefusedError
        fresh = await self.passwords.hash(password) if self.passwords.is_outdated(account.password_hash) else None
        async with self.transactions.begin() as session:
            return await self._open(session, account.id, username, fresh)

    async def _check_delay(self, session: AsyncSession, username: str) -> None:
        attempts = await repository.find_attempts(session, username)
        if attempts is None:
            return
        wait_until = next_attempt_at(attempts.failures, attempts.last_failure_at)
        now = self.clock.now()
        if wait_until is not None and wait_until > now:
            raise TooManyAttemptsError(retry_after=int((wait_until - now).total_seconds()) + 1)

    async def _open(self, session: AsyncSession, account_id: UUID, username: str, fresh: str | None) -> Tokens:
        account = await accounts.get_account(session, account_id)
        if fresh is not None:
            account.password_hash = fresh
        await repository.forget_failures(session, username)
        family = Session(id=new_id(), account_id=account.id, started_at=self.clock.now())
        repository.add_session(session, family)
        await session.flush()
        return self._issue(session, family, account)

    def _issue(self, session: AsyncSession, family: Session, account: Account) -> Tokens:
        refresh_token = secrets.token_urlsafe(32)
        now = self.clock.now()
        repository.add_token(session, RefreshToken(digest=digest(refresh_token), session_id=family.id, issued_at=now))
        caller = Caller(principal_of(account), str(family.id), account.epoch)
        return Tokens(family.id, self.issuer.access(caller, now, str(new_id())), refresh_token)

    async def renew(self, refresh_token: str) -> Tokens:
        """Exchange a refresh token, once. A second use after the grace time revokes the whole session.

        Raises RefreshRefusedError or RefreshRacedError.
        """
        async with self.transactions.begin() as session:
            use, tokens = await self._renew(session, refresh_token)
        if use is Use.RACED:
            raise RefreshRacedError
        if tokens is None:
            raise RefreshRefusedError
        return tokens

    async def _renew(self, session: AsyncSession, refresh_token: str) -> tuple[Use, Tokens | None]:
        found = await repository.find_token(session, digest(refresh_token))
        if found is None:
            return Use.EXPIRED, None
        token, family, account = found
        now = self.clock.now()
        use = judge(Refresh(token.issued_at, token.used_at, family.started_at, family.revoked_at is not None), now)
        if use is Use.REUSED:
            await repository.revoke_session(session, family.id, "refresh-token-reused", now)
        if use is not Use.GOOD or account.state != AccountState.ACTIVE:
            return use, None
        token.used_at = now
        return use, self._issue(session, family, account)

    async def sign_out(self, session_id: UUID) -> None:
        """End a session; its access tokens are refused within 5 seconds."""
        async with self.transactions.begin() as session:
            await repository.revoke_session(session, session_id, "signed-out", self.clock.now())


def principal_of(account: Account) -> Principal:
    """The principal an account stands for; its scope kind comes from the policy."""
    return Principal(
        sub=str(account.id),
        roles=frozenset({account.role}),
        scope_kind=policy().scope_of(account.role),
        facilities=tuple(account.facilities),
        districts=tuple(account.districts),
        org=account.org,
        agency=account.agency,
        purpose=PURPOSE_BY_ROLE.get(account.role, "custody_management"),
    )


async def end_sessions(session: AsyncSession, account_id: UUID, reason: str, now: datetime) -> None:
    """End every session of an account: its password was replaced, or it may no longer sign in."""
    await repository.revoke_all(session, account_id, reason, now)


async def end_all_sessions(session: AsyncSession, reason: str, now: datetime) -> None:
    """End the sessions of everybody: a restored backup would bring back those that were ended since it was made."""
    await repository.revoke_everybody(session, reason, now)


async def forget_old_sessions(session: AsyncSession, now: datetime) -> int:
    """Scanner: remove what ended more than 30 days ago, 500 at a time."""
    return await repository.forget_old(session, now - timedelta(days=30), 500)
