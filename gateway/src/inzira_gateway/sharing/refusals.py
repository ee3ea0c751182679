"""How a route answers a partner it refuses."""

from uuid import UUID

from fastapi import Request, Response
from inzira_platform.auth import Principal
from inzira_platform.deps import ClockDep
from inzira_platform.errors import DomainError
from inzira_platform.problems import from_domain_error, path_of
from inzira_platform.scope import as_system
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.partner import service as partners


async def refused(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    action: str,
    clock: ClockDep,
    error: DomainError,
    person_id: UUID | None = None,
) -> Response:
    """The problem, with the refusal on record: returned and not raised, so that the record is kept."""
    async with as_system(session):
        partners.record(
            session, principal.sub, action, clock.now(), actor=principal.sub, outcome="REFUSED", reason=error.code,
            subject=person_id,
        )  # fmt: skip
    return from_domain_error(path_of(request.scope), error)
