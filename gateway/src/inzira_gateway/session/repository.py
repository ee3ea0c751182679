"""Every SQL statement about sessions, refresh tokens and sign-in attempts."""

import hashlib
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_gateway.account.models import Account
from inzira_gateway.session.models import LoginAttempt, RefreshToken, Session


class Standing(NamedTuple):
    """What decides whether an access token still holds."""

    state: str
    epoch: int
    revoked: bool


async def find_standing(session: AsyncSession, session_id: UUID) -> Standing | None:
    query = (
        select(col(Account.state), col(Account.epoch), col(Session.revoked_at).is_not(None))
        .join(Session, col(Session.account_id) == col(Account.id))
        .where(col(Session.id) == session_id)
    )
    row = (await session.execute(query)).one_or_none()
    return Standing(*row) if row is not None else None


def add_session(session: AsyncSession, row: Session) -> None:
    session.add(row)


def add_token(session: AsyncSession, row: RefreshToken) -> None:
    session.add(row)


async def find_token(session: AsyncSession, digest: bytes) -> tuple[RefreshToken, Session, Account] | None:
    """The token with its session and account, the token's row locked: of two that refresh at once one waits."""
    token = await session.get(RefreshToken, digest, with_for_update=True)
    if token is None:
        return None
    family = await session.get_one(Session, token.session_id)
    return token, family, await session.get_one(Account, family.account_id)


async def revoke_session(session: AsyncSession, session_id: UUID, reason: str, now: datetime) -> None:
    await session.execute(
        update(Session)
        .where(col(Session.id) == session_id, col(Session.revoked_at).is_(None))
        .values(revoked_at=now, revoked_because=reason)
    )


async def revoke_all(session: AsyncSession, account_id: UUID, reason: str, now: datetime) -> None:
    """End every session of an account."""
    await session.execute(
        update(Session)
        .where(col(Session.account_id) == account_id, col(Session.revoked_at).is_(None))
        .values(revoked_at=now, revoked_because=reason)
    )


async def revoke_everybody(session: AsyncSession, reason: str, now: datetime) -> None:
    """End every session there is."""
    await session.execute(
        update(Session).where(col(Session.revoked_at).is_(None)).values(revoked_at=now, revoked_because=reason)
    )


async def find_attempts(session: AsyncSession, username: str) -> LoginAttempt | None:
    return await session.get(LoginAttempt, name_digest(username))


async def count_failure(session: AsyncSession, username: str, now: datetime) -> None:
    statement = insert(LoginAttempt).values(name_digest=name_digest(username), failures=1, last_failure_at=now)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["name_digest"],
            set_={"failures": col(LoginAttempt.failures) + 1, "last_failure_at": now},
        )
    )


async def forget_failures(session: AsyncSession, username: str) -> None:
    await session.execute(delete(LoginAttempt).where(col(LoginAttempt.name_digest) == name_digest(username)))


async def forget_old(session: AsyncSession, before: datetime, most: int) -> int:
    """Delete attempts and finished sessions from before a time; return how many rows went."""
    old = select(col(Session.id)).where(col(Session.started_at) < before).limit(most)
    ids = (await session.execute(old)).scalars().all()
    await session.execute(delete(RefreshToken).where(col(RefreshToken.session_id).in_(ids)))
    await session.execute(delete(Session).where(col(Session.id).in_(ids)))
    await session.execute(delete(LoginAttempt).where(col(LoginAttempt.last_failure_at) < before))
    return len(ids)


def name_digest(username: str) -> bytes:
    return hashlib.sha256(username.lower().encode()).digest()
