"""The use case of reading one person's journey."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.errors import NotFoundError
from inzira_platform.page import PageRequest, paged
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.journey import repository
from inzira_gateway.journey.domain import HEAD_ONLY, NOT_THE_FACILITYS
from inzira_gateway.journey.models import JourneyEntry, PersonHead


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries of a journey are wanted."""

    source: str | None = None
    summary: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    latest_first: bool = False


@dataclass(frozen=True, slots=True)
class Journey:
    """One page of a journey, with the corrections of what it shows."""

    head: PersonHead
    entries: list[JourneyEntry]
    corrections: Mapping[UUID, list[JourneyEntry]]
    next_cursor: str | None


def follows(principal: Principal) -> bool:
    """Whether the caller may know how a released person is followed: a facility knows only that somebody does."""
    return principal.scope_kind != "facility"


async def read_journey(
    session: AsyncSession, principal: Principal, person_id: UUID, page: PageRequest, filters: Filters
) -> Journey:
    """What happened to a person, in order of (occurred_at, event_id).

    Raises NotFoundError for a person who is not there or not in the caller's reach.
    """
    head = await repository.find_head(session, principal, person_id)
    if head is None:
        raise NotFoundError
    rows, is_corrected = await repository.list_entries(
        session,
        person_id,
        page,
        source=filters.source,
        summary=filters.summary,
        since=filters.since,
        until=filters.until,
        latest_first=filters.latest_first,
        without=HEAD_ONLY if follows(principal) else HEAD_ONLY | NOT_THE_FACILITYS,
    )
    entries, cursor = paged(rows, page.limit, lambda row: [row.occurred_at.isoformat(), row.event_id])
    corrections = by_origin(await repository.corrections_of(session, person_id)) if is_corrected else {}
    return Journey(head, entries, corrections, cursor)


def by_origin(corrections: Sequence[JourneyEntry]) -> dict[UUID, list[JourneyEntry]]:
    """Corrections by the first fact they go back to: a correction of a correction stands beside the same fact."""
    origin: dict[UUID, UUID] = {}
    grouped: dict[UUID, list[JourneyEntry]] = {}
    for entry in corrections:
        if entry.supersedes is None:
            continue
        first = origin.get(entry.supersedes, entry.supersedes)
        origin[entry.event_id] = first
        grouped.setdefault(first, []).append(entry)
    return grouped
