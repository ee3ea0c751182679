"""HTTP of what partners are shown, and of dry runs."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from inzira_platform.auth import Principal
from inzira_platform.deps import ClockDep, PrincipalDep, SessionDep, declared
from inzira_platform.errors import DomainError
from inzira_platform.http import Code
from inzira_platform.scope import as_system
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.grant.deps import CatalogueDep
from inzira_gateway.grant.domain import GrantRoute, check_row_filter
from inzira_gateway.ledger import service as ledger
from inzira_gateway.partner import service as partners
from inzira_gateway.sharing import dry_run, service
from inzira_gateway.sharing.domain import NoSuchPersonError
from inzira_gateway.sharing.headers import PURPOSE
from inzira_gateway.sharing.refusals import refused
from inzira_gateway.sharing.schemas import (
    DryRunCreate,
    DryRunRead,
    PartnerPersonRead,
    PartnerPersonsRead,
    WithheldRead,
)
from inzira_gateway.sharing.service import Shown

router = APIRouter(tags=["partner data"])
MostShown = Annotated[int, Query(ge=1, le=200, description="at most this many")]


async def _narrowed(
    district: Annotated[list[Code] | None, Query(max_length=60, description="codes of districts of return")] = None,
    facility: Annotated[list[Code] | None, Query(max_length=60, description="codes of facilities")] = None,
    stage: Annotated[list[Code] | None, Query(max_length=20, description="stages")] = None,
) -> dict[str, list[str]]:
    given = {"districts": district, "facilities": facility, "stages": stage}
    return {kind: values for kind, values in given.items() if values is not None}


@router.get("/v1/partner/persons", response_model=PartnerPersonsRead, **declared("partner:read", openapi_extra=PURPOSE))
async def list_persons(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    catalogue: CatalogueDep,
    narrowed: Annotated[dict[str, list[str]], Depends(_narrowed)],
    limit: MostShown = 50,
    cursor: Annotated[str | None, Query(max_length=300, description="of the page before")] = None,
) -> Response:
    """Persons in the partner's rows, by its own ids, in its view. A filter must be a field of the view."""
    async with as_system(session):
        try:
            now = clock.now()
            access = await service.open_access(session, catalogue, principal, GrantRoute.PERSONS, now, clock.today())
            check_row_filter(narrowed)
            service.check_narrowing(access, narrowed)
            shown, following = await service.list_persons(session, access, narrowed, limit, cursor, now)
        except DomainError as error:
            return await refused(request, session, principal, "persons.list", clock, error)
        await service.remember_shown(session, access, shown)
        await record_shown(session, principal, "partner.persons.list", shown, clock)
    return _as_json({"items": [as_item(item) for item in shown], "next_cursor": following})


@router.get(
    "/v1/partner/persons/{pairwise_id}",
    response_model=PartnerPersonRead,
    **declared("partner:read", openapi_extra=PURPOSE),
)
async def read_person(
    pairwise_id: str,
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    catalogue: CatalogueDep,
) -> Response:
    """One person in the partner's view. Nobody, somebody out of reach and somebody who did not agree: one and the
    same 404.
    """
    person_id = None
    async with as_system(session):
        try:
            now = clock.now()
            access = await service.open_access(session, catalogue, principal, GrantRoute.PERSONS, now, clock.today())
            person_id, shown = await service.find_person(session, access, pairwise_id, now)
            if shown is None:
                raise NoSuchPersonError
        except DomainError as error:
            return await refused(request, session, principal, "person.read", clock, error, person_id)
        await service.remember_shown(session, access, [shown])
        await record_shown(session, principal, "partner.person.read", [shown], clock)
    return _as_json(as_item(shown))


@router.post("/v1/admin/grants/{grant_id}/dry-run", **declared("grant:dry_run"))
async def try_grant(
    grant_id: UUID,
    body: DryRunCreate,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    catalogue: CatalogueDep,
) -> DryRunRead:
    """What this grant would show of a person, and why not the rest. Changes nothing but the record of having asked."""
    now = clock.now()
    is_officer = "data_protection_officer" in principal.roles
    async with as_system(session):
        outcome = await dry_run.dry_run(session, catalogue, grant_id, body.person_id, body.purpose, now, clock.today())
        partners.record(
            session, outcome.client_id, "grant.dry-run", now, actor=principal.sub, subject=grant_id,
            reason=",".join(outcome.reasons),
        )  # fmt: skip
        if is_officer and outcome.values:
            view = outcome.view.label
            await ledger.append_disclosure(session, principal, "grant.dry-run", [body.person_id], now, view)
    return DryRunRead(
        is_visible=not outcome.reasons,
        purpose=outcome.purpose,
        view=outcome.view.label,
        reasons=list(outcome.reasons),
        shown=list(outcome.shown),
        withheld=[WithheldRead(field=name, reason=reason) for name, reason in outcome.withheld],
        values=outcome.values if is_officer else None,
    )


def as_item(shown: Shown) -> dict[str, object]:
    """A person as the partner gets them."""
    return {"id": shown.pid, "view": shown.view.label, **shown.fields}


async def record_shown(
    session: AsyncSession, principal: Principal, operation: str, shown: list[Shown], clock: ClockDep
) -> None:
    """Write into the ledger who was shown in which view, in the transaction that shows them."""
    for view in sorted({item.view.label for item in shown}):
        ids = [item.person_id for item in shown if item.view.label == view]
        await ledger.record_disclosure(session, principal, operation, ids, clock.now(), view)


def _as_json(body: object) -> Response:
    return JSONResponse(body)
