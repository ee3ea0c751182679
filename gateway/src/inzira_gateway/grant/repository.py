"""Every SQL statement about grants."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from inzira_platform.page import InvalidCursorError, PageRequest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.grant.domain import GrantNotFoundError, GrantState
from inzira_gateway.grant.models import PartnerGrant
from inzira_gateway.partner.domain import PartnerState
from inzira_gateway.partner.models import Partner

GRANT: Any = PartnerGrant


async def get_grant(session: AsyncSession, grant_id: UUID, *, lock: bool = False) -> PartnerGrant:
    """Raises GrantNotFoundError."""
    grant = await session.get(PartnerGrant, grant_id, with_for_update=lock)
    if grant is None:
        raise GrantNotFoundError
    return grant


async def list_grants(session: AsyncSession, client_id: str | None, page: PageRequest) -> Sequence[PartnerGrant]:
    """In the order they were proposed; one more than the page holds."""
    query = select(PartnerGrant).order_by(GRANT.id).limit(page.limit + 1)
    if client_id is not None:
        query = query.where(GRANT.client_id == client_id)
    after = page.after(1)
    if after is not None:
        query = query.where(GRANT.id > _uuid(after[0]))
    return (await session.execute(query)).scalars().all()


async def in_force(session: AsyncSession, client_id: str, route: str, purpose: str, today: date) -> list[PartnerGrant]:
    """Grants that hold today for an active partner, a route and a purpose, the oldest first."""
    partner: Any = Partner
    query = (
        select(PartnerGrant)
        .join(partner, partner.client_id == GRANT.client_id)
        .where(
            partner.state == PartnerState.ACTIVE,
            GRANT.client_id == client_id,
            GRANT.route == route,
            GRANT.state == GrantState.ACTIVE,
            GRANT.purposes.contains([purpose]),
            GRANT.valid_from <= today,
            GRANT.valid_to >= today,
        )
        .order_by(GRANT.id)
    )
    return list((await session.execute(query)).scalars().all())


async def changes(session: AsyncSession) -> int:
    """Sum of all versions: every change of a row adds to its version, and no row is ever deleted."""
    partner: Any = Partner
    versions = [
        select(func.coalesce(func.sum(column), 0)).scalar_subquery() for column in (GRANT.version, partner.version)
    ]
    return int((await session.execute(select(versions[0] + versions[1]))).scalar_one())


async def feeds_in_force(session: AsyncSession, today: date) -> list[tuple[str, str]]:
    """(client id, purpose) of every feed that may be followed today."""
    partner: Any = Partner
    query = (
        select(GRANT.client_id, GRANT.purposes)
        .join(partner, partner.client_id == GRANT.client_id)
        .where(
            partner.state == PartnerState.ACTIVE,
            GRANT.route == "feed",
            GRANT.state == GrantState.ACTIVE,
            GRANT.valid_from <= today,
            GRANT.valid_to >= today,
        )
    )
    rows = (await session.execute(query)).all()
    return sorted({(row[0], purpose) for row in rows for purpose in row[1]})


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error
