"""Every SQL statement about the replica of consents."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, any_, cast, column, exists, func, literal, or_, select, table, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_gateway.consent.models import ConsentGrant

PARKED = table("parked_event", column("key"), column("replayed_at"))
WAITING = exists().where(
    PARKED.c.key == literal("intake|consent:") + cast(col(ConsentGrant.consent_id), Text),
    PARKED.c.replayed_at.is_(None),
)
"""Something intake said of the consent has not been read yet: it might be its withdrawal, so nothing is given by it."""


async def put(session: AsyncSession, values: dict[str, Any]) -> None:
    """Write what a consent says; a withdrawal that arrived before it stays."""
    changed = {name: value for name, value in values.items() if name != "consent_id"}
    statement = insert(ConsentGrant).values(**values)
    await session.execute(statement.on_conflict_do_update(index_elements=["consent_id"], set_=changed))


async def end(session: AsyncSession, values: dict[str, Any], at: datetime) -> None:
    """Let a consent end at `at`, or earlier where it did; one not heard of yet is kept as ended, with nothing in it."""
    nothing = {"data_classes": [], "valid_from": at, "valid_to": at}
    statement = insert(ConsentGrant).values(**values, **nothing, withdrawn_at=at)
    first = func.least(col(ConsentGrant.withdrawn_at), at)  # NULL counts as not there
    await session.execute(statement.on_conflict_do_update(index_elements=["consent_id"], set_={"withdrawn_at": first}))


def holds(at: datetime) -> ColumnElement[bool]:
    """Whether a consent holds at `at`.

    A withdrawal counts whatever its time says: two machines' clocks may differ, and the person said no.
    """
    return and_(
        col(ConsentGrant.withdrawn_at).is_(None),
        col(ConsentGrant.valid_from) <= at,
        or_(col(ConsentGrant.valid_to).is_(None), col(ConsentGrant.valid_to) > at),
        ~WAITING,
    )


def together(data_classes: Collection[str]) -> ColumnElement[bool]:
    """Whether a person's consents, taken together, cover all of these: for HAVING, by person."""
    return and_(
        true(), *(func.bool_or(literal(name) == any_(col(ConsentGrant.data_classes))) for name in sorted(data_classes))
    )


async def list_active(
    session: AsyncSession, recipient: str, person_ids: Collection[UUID], at: datetime
) -> Sequence[ConsentGrant]:
    """What holds at `at` for this recipient and these persons."""
    statement = (
        select(ConsentGrant)
        .where(col(ConsentGrant.recipient) == recipient, col(ConsentGrant.person_id).in_(list(person_ids)), holds(at))
        .order_by(col(ConsentGrant.person_id), col(ConsentGrant.consent_id))
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalars().all()
