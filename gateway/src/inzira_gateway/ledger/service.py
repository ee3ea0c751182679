"""The use cases of the ledger: write down a disclosure, show a person's disclosures."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from inzira_contracts.access import AccessRecorded
from inzira_platform.auth import Principal
from inzira_platform.context import current_trace
from inzira_platform.errors import NotFoundError
from inzira_platform.ids import new_id
from inzira_platform.page import PageRequest, paged
from inzira_platform.scope import PERSON_SCOPE, end_as_system, visible_persons
from inzira_platform.service import Received
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.ledger import repository
from inzira_gateway.ledger.models import AccessEntry


async def record_disclosure(
    session: AsyncSession,
    principal: Principal,
    operation: str,
    person_ids: Iterable[UUID],
    now: datetime,
    view: str = "full",
) -> None:
    """Write down that the gateway shows these persons, at the end of the transaction that shows them.

    Answers that show nobody leave no record. Raises whatever the database raises: no record, no answer.
    """
    ids = list(dict.fromkeys(person_ids))
    if ids:
        await end_as_system(session)
        await append_disclosure(session, principal, operation, ids, now, view)


async def append_disclosure(
    session: AsyncSession, principal: Principal, operation: str, person_ids: list[UUID], now: datetime, view: str
) -> None:
    """As `record_disclosure`, where the gateway's own scope is already in hand."""
    entry = {
        "id": new_id(),
        "service": "gateway",
        "operation": operation,
        "actor": principal.sub,
        "agency": principal.agency,
        "purpose": principal.purpose,
        "outcome": "ALLOWED",
        "view": view,
        "request_id": str(current_trace().request_id),
        "occurred_at": now,
    }
    await repository.add_disclosures(session, [(entry, person_ids)])


async def take_in(session: AsyncSession, received: Sequence[Received]) -> None:
    """Append disclosures that other services made known."""
    await repository.add_disclosures(
        session,
        [
            (_entry_of(meta.event_id, event), event.person_ids)
            for event, meta in received
            if isinstance(event, AccessRecorded)
        ],
    )


def _entry_of(event_id: UUID, event: AccessRecorded) -> dict[str, Any]:
    return {
        "id": event_id,
        "service": event.service,
        "operation": event.operation,
        "actor": event.actor,
        "agency": event.agency,
        "purpose": event.purpose,
        "outcome": str(event.outcome),
        "view": event.view,
        "request_id": event.request_id,
        "occurred_at": event.occurred_at,
    }


async def list_disclosures(
    session: AsyncSession,
    principal: Principal,
    person_id: UUID,
    page: PageRequest,
    since: datetime | None,
    until: datetime | None,
) -> tuple[list[AccessEntry], str | None]:
    """One page of who was shown a person, the latest first.

    Raises NotFoundError for a person not in the caller's reach.
    """
    visible = visible_persons(principal).where(PERSON_SCOPE.c.person_id == person_id)
    if (await session.execute(visible)).first() is None:
        raise NotFoundError
    rows = await repository.list_disclosures(session, person_id, page, since, until)
    return paged(rows, page.limit, lambda row: [row.occurred_at.isoformat(), row.id])
