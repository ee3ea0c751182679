"""HTTP of the ledger, for the data-protection officer."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from inzira_platform.deps import ClockDep, PrincipalDep, SessionDep, declared
from inzira_platform.http import Instant
from inzira_platform.page import Page, PageDep
from inzira_platform.scope import as_system

from inzira_gateway.account import service as accounts
from inzira_gateway.ledger import service
from inzira_gateway.ledger.models import AccessEntry
from inzira_gateway.ledger.schemas import DisclosureRead

router = APIRouter(tags=["access log"])


@router.get("/v1/persons/{person_id}/access-log", **declared("access_log:read"))
async def read_access_log(
    person_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    page: PageDep,
    since: Annotated[Instant | None, Query(description="from this time on")] = None,
    until: Annotated[Instant | None, Query(description="before this time")] = None,
) -> Page[DisclosureRead]:
    """Who was shown this person, when and why, the latest first. Reading it is itself recorded."""
    rows, cursor = await service.list_disclosures(session, principal, person_id, page, since, until)
    async with as_system(session):
        found = await accounts.officers(session, [row.actor for row in rows])
        await service.append_disclosure(session, principal, "access-log.read", [person_id], clock.now(), "access-log")
    names = {identifier: officer.name for identifier, officer in found.items()}
    return Page(items=[_read(row, names) for row in rows], next_cursor=cursor)


def _read(row: AccessEntry, names: dict[str, str]) -> DisclosureRead:
    fields = {name: getattr(row, name) for name in DisclosureRead.model_fields if name != "actor_name"}
    return DisclosureRead(**fields, actor_name=names.get(row.actor))
