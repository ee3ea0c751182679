"""Every SQL statement about partners, their keys, used assertions and records."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from inzira_platform.page import InvalidCursorError, PageRequest
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_gateway.partner.domain import PartnerNotFoundError
from inzira_gateway.partner.models import AssertionSeen, Partner, PartnerKey, PartnerRecord


class Standing(NamedTuple):
    """What decides whether a partner's access token still holds, and how much it may ask."""

    state: str
    epoch: int
    quota_per_minute: int


async def find_standing(session: AsyncSession, partner_id: UUID) -> Standing | None:
    query = select(col(Partner.state), col(Partner.epoch), col(Partner.quota_per_minute)).where(
        col(Partner.id) == partner_id
    )
    row = (await session.execute(query)).one_or_none()
    return Standing(*row) if row is not None else None


async def get_partner(session: AsyncSession, partner_id: UUID, *, lock: bool = False) -> Partner:
    """Raises PartnerNotFoundError."""
    partner = await session.get(Partner, partner_id, with_for_update=lock)
    if partner is None:
        raise PartnerNotFoundError
    return partner


async def find_by_client(session: AsyncSession, client_id: str) -> Partner | None:
    return (await session.execute(select(Partner).where(col(Partner.client_id) == client_id))).scalar_one_or_none()


async def list_partners(session: AsyncSession, page: PageRequest) -> Sequence[Partner]:
    """By client id; one more than the page holds."""
    query = select(Partner).order_by(col(Partner.client_id)).limit(page.limit + 1)
    after = page.after(1)
    if after is not None:
        query = query.where(col(Partner.client_id) > after[0])
    return (await session.execute(query)).scalars().all()


async def keys_of(session: AsyncSession, client_ids: Sequence[str]) -> Sequence[PartnerKey]:
    query = select(PartnerKey).where(col(PartnerKey.client_id).in_(client_ids)).order_by(col(PartnerKey.id))
    return (await session.execute(query)).scalars().all()


async def get_key(session: AsyncSession, client_id: str, key_id: UUID) -> PartnerKey:
    """The key, locked. Raises PartnerNotFoundError for one that is not this partner's."""
    key = await session.get(PartnerKey, key_id, with_for_update=True)
    if key is None or key.client_id != client_id:
        raise PartnerNotFoundError
    return key


async def find_key(session: AsyncSession, client_id: str, kind: str, kid: str, now: datetime) -> PartnerKey | None:
    """A key of this client that may be used now: approved, not revoked, not ended."""
    key: Any = PartnerKey
    query = select(PartnerKey).where(
        key.client_id == client_id,
        key.kind == kind,
        key.kid == kid,
        key.approved_by.is_not(None),
        key.revoked_at.is_(None),
        key.not_after > now,
    )
    return (await session.execute(query)).scalar_one_or_none()


async def use_once(session: AsyncSession, client_id: str, jti: bytes, expires_at: datetime) -> bool:
    """Keep an assertion as used; False when it was used before."""
    statement = insert(AssertionSeen).values(client_id=client_id, jti=jti, expires_at=expires_at)
    done = await session.execute(statement.on_conflict_do_nothing().returning(col(AssertionSeen.client_id)))
    return done.first() is not None


async def forget_assertions(session: AsyncSession, before: datetime) -> None:
    await session.execute(delete(AssertionSeen).where(col(AssertionSeen.expires_at) < before))


async def list_records(
    session: AsyncSession, client_id: str, page: PageRequest, outcome: str | None
) -> Sequence[PartnerRecord]:
    """The latest first; one more than the page holds."""
    row: Any = PartnerRecord
    query = select(PartnerRecord).where(row.client_id == client_id).order_by(row.id.desc()).limit(page.limit + 1)
    if outcome is not None:
        query = query.where(row.outcome == outcome)
    after = page.after(1)
    if after is not None:
        query = query.where(row.id < _uuid(after[0]))
    return (await session.execute(query)).scalars().all()


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error
