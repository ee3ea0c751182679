"""The use cases of finding and counting persons."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.page import PageRequest, paged
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.clients.intake import IntakeClient
from inzira_gateway.directory import repository
from inzira_gateway.directory.domain import FacilityStages, Wanted, by_facility
from inzira_gateway.freshness.domain import Gap
from inzira_gateway.journey.models import PersonHead
from inzira_gateway.journey.service import follows


@dataclass(frozen=True, slots=True)
class Persons:
    """One page of persons, with names where intake gave them and what is missing where it did not."""

    heads: list[PersonHead]
    names: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    next_cursor: str | None = None


async def find_persons(
    session: AsyncSession,
    principal: Principal,
    intake: IntakeClient,
    words: str | None,
    wanted: Wanted,
    page: PageRequest,
) -> Persons:
    """Persons in the caller's reach. A search by name that intake cannot answer gives no persons and says why."""
    wanted = replace(wanted, whole=follows(principal))
    if words is not None:
        found = await intake.search(principal, words)
        if found.reason is not None:
            return Persons([], gaps=(Gap("search", found.reason),))
        wanted = replace(wanted, person_ids=found.person_ids)
    rows = await repository.list_heads(session, principal, wanted, page)
    heads, cursor = paged(rows, page.limit, lambda head: repository.key_of(head, wanted))
    names = await intake.names(principal, [head.person_id for head in heads])
    gaps = (Gap("names", names.reason),) if names.reason else ()
    return Persons(heads, names.by_person, gaps, cursor)


async def count_stages(session: AsyncSession, principal: Principal) -> list[FacilityStages]:
    """Persons in the caller's reach by facility and stage."""
    return by_facility(await repository.count_stages(session, principal, whole=follows(principal)))
