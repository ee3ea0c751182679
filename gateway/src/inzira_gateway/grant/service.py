"""The use cases of grants: proposed by one person, approved by another, suspended by either at once."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from inzira_platform.bell import call
from inzira_platform.ids import new_id
from inzira_platform.page import PageRequest, paged
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.bells import WEBHOOKS
from inzira_gateway.grant import repository
from inzira_gateway.grant.catalogue import Catalogue
from inzira_gateway.grant.domain import (
    GrantRoute,
    GrantState,
    GrantStateError,
    Terms,
    check_rows_of_duty,
    check_terms,
)
from inzira_gateway.grant.models import PartnerGrant
from inzira_gateway.partner import service as partners
from inzira_gateway.partner.domain import check_second_person
from inzira_gateway.statistics.catalogue import Cubes
from inzira_gateway.statistics.domain import check_ask


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A grant as it is proposed."""

    partner_id: UUID
    terms: Terms
    view: str
    view_version: int
    agreement: str


async def propose_grant(
    session: AsyncSession, catalogue: Catalogue, cubes: Cubes, wanted: NewGrant, *, by: str, now: datetime, today: date
) -> PartnerGrant:
    """Write down what a partner is to see; nothing is shown by it yet.

    Raises PartnerNotFoundError, ViewInvalidError, CubeUnknownError and what `check_terms`, `check_ask` and
    `check_rows_of_duty` raise.
    """
    partner, _ = await partners.get_partner(session, wanted.partner_id)
    terms = wanted.terms
    check_terms(terms, today)
    if terms.route == GrantRoute.STATISTICS:
        check_ask(cubes.get(wanted.view, wanted.view_version), terms.row_filter, terms.purposes)
    else:
        check_rows_of_duty(catalogue.get(wanted.view, wanted.view_version), terms.basis, terms.row_filter)
    grant = PartnerGrant(
        id=new_id(), client_id=partner.client_id, route=terms.route,
        row_filter={kind: list(values) for kind, values in terms.row_filter.items()},
        view=wanted.view, view_version=wanted.view_version, purposes=list(terms.purposes), basis=terms.basis,
        basis_code=terms.basis_code, agreement=wanted.agreement, valid_from=terms.valid_from,
        valid_to=terms.valid_to, state=GrantState.PROPOSED, proposed_by=by, created_at=now,
    )  # fmt: skip
    session.add(grant)
    await session.flush()
    partners.record(session, grant.client_id, "grant.proposed", now, actor=by, subject=grant.id)
    return grant


async def approve_grant(session: AsyncSession, grant_id: UUID, *, by: str, now: datetime) -> PartnerGrant:
    """Let a proposed grant hold. Raises GrantStateError, or SecondPersonNeededError for one's own proposal."""
    grant = await repository.get_grant(session, grant_id, lock=True)
    if grant.state != GrantState.PROPOSED:
        raise GrantStateError
    check_second_person(grant.proposed_by, by)
    grant.state, grant.approved_by = GrantState.ACTIVE, by
    return await _changed(session, grant, "grant.approved", by, now)


async def suspend_grant(session: AsyncSession, grant_id: UUID, *, by: str, now: datetime) -> PartnerGrant:
    """End a grant at once: it is looked at in every answer and every delivery. One person is enough."""
    grant = await repository.get_grant(session, grant_id, lock=True)
    if grant.state == GrantState.SUSPENDED:
        raise GrantStateError
    grant.state, grant.suspended_at = GrantState.SUSPENDED, now
    return await _changed(session, grant, "grant.suspended", by, now)


async def _changed(session: AsyncSession, grant: PartnerGrant, action: str, by: str, now: datetime) -> PartnerGrant:
    grant.version += 1
    partners.record(session, grant.client_id, action, now, actor=by, subject=grant.id)
    await session.flush()
    call(session, WEBHOOKS)
    return grant


async def get_grant(session: AsyncSession, grant_id: UUID) -> PartnerGrant:
    """Raises GrantNotFoundError."""
    return await repository.get_grant(session, grant_id)


async def list_grants(
    session: AsyncSession, partner_id: UUID | None, page: PageRequest
) -> tuple[list[PartnerGrant], str | None]:
    """One page of grants, of one partner or of all. Raises PartnerNotFoundError."""
    client_id = None
    if partner_id is not None:
        client_id = (await partners.get_partner(session, partner_id))[0].client_id
    rows = await repository.list_grants(session, client_id, page)
    return paged(rows, page.limit, lambda grant: [grant.id])


async def in_force(session: AsyncSession, client_id: str, route: str, purpose: str, today: date) -> list[PartnerGrant]:
    """Grants that hold today, the oldest first; asked of the database each time: a suspension counts at once."""
    return await repository.in_force(session, client_id, route, purpose, today)


async def changes(session: AsyncSession) -> int:
    """A number that grows with every change of any grant or partner; needs the gateway's own scope."""
    return await repository.changes(session)


async def feeds_in_force(session: AsyncSession, today: date) -> list[tuple[str, str]]:
    """(client id, purpose) of every feed that may be followed today."""
    return await repository.feeds_in_force(session, today)
