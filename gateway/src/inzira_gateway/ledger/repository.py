"""Every SQL statement about the disclosure ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from inzira_platform.page import InvalidCursorError, PageRequest
from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inzira_gateway.ledger.models import AccessEntry, AccessSubject


async def add_disclosure(session: AsyncSession, entry: dict[str, Any], person_ids: Sequence[UUID]) -> None:
    """Append one disclosure; a second delivery of the same record changes nothing."""
    added = insert(AccessEntry).values(**entry).on_conflict_do_nothing().returning(col(AccessEntry.id))
    if (await session.execute(added)).first() is None:
        return
    rows = [
        {"entry_id": entry["id"], "person_id": person_id, "occurred_at": entry["occurred_at"]}
        for person_id in dict.fromkeys(person_ids)
    ]
    await session.execute(insert(AccessSubject), rows)


async def list_disclosures(
    session: AsyncSession, person_id: UUID, page: PageRequest, since: datetime | None, until: datetime | None
) -> Sequence[AccessEntry]:
    """Who was shown one person, the latest first; one row more than the page holds."""
    entry: Any = AccessEntry
    subject: Any = AccessSubject
    query = (
        select(AccessEntry)
        .join(subject, subject.entry_id == entry.id)
        .where(subject.person_id == person_id)
        .order_by(subject.occurred_at.desc(), subject.entry_id.desc())
        .limit(page.limit + 1)
    )
    if since is not None:
        query = query.where(subject.occurred_at >= since)
    if until is not None:
        query = query.where(subject.occurred_at < until)
    after = page.after(2)
    if after is not None:
        query = query.where(tuple_(subject.occurred_at, subject.entry_id) < _position(after))
    return (await session.execute(query)).scalars().all()


def _position(after: list[str]) -> Any:  # noqa: ANN401 - a SQL tuple
    try:
        return tuple_(datetime.fromisoformat(after[0]), UUID(after[1]))
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error
