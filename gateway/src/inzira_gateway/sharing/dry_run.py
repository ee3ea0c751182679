"""What a grant would show of a person, and why not the rest, without asking as the partner."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.grant import service as grants
from inzira_gateway.grant.catalogue import Catalogue
from inzira_gateway.grant.domain import (
    SOURCE,
    GrantRoute,
    GrantState,
    NoPersonsError,
    UnknownPurposeError,
    View,
    covered,
    matches,
    may_choose_by,
    opened,
)
from inzira_gateway.grant.models import PartnerGrant
from inzira_gateway.journey.models import PersonHead
from inzira_gateway.partner import service as partners
from inzira_gateway.partner.domain import PartnerState
from inzira_gateway.sharing import repository
from inzira_gateway.sharing.domain import milestones, project
from inzira_gateway.sharing.service import consented


@dataclass(frozen=True, slots=True)
class DryRun:
    """The outcome: reasons against the person, then field by field."""

    client_id: str
    purpose: str
    view: View
    reasons: tuple[str, ...]
    shown: tuple[str, ...]
    withheld: tuple[tuple[str, str], ...]
    values: dict[str, Any]


async def dry_run(
    session: AsyncSession,
    catalogue: Catalogue,
    grant_id: UUID,
    person_id: UUID,
    purpose: str | None,
    now: datetime,
    today: date,
) -> DryRun:
    """Try a grant, approved or not, on one person. Needs the gateway's own scope.

    Of somebody who does not exist the reason is that of one who agreed to nothing, or, under a law, of one outside
    the rows. Rows are not looked into where what they are chosen by is not open: the answer would tell it.
    Raises GrantNotFoundError, ViewInvalidError, NoPersonsError for a grant of statistics, or UnknownPurposeError for
    a purpose the grant does not name.
    """
    grant = await grants.get_grant(session, grant_id)
    if grant.route == GrantRoute.STATISTICS:
        raise NoPersonsError
    view = catalogue.get(grant.view, grant.view_version)
    wanted = purpose or grant.purposes[0]
    if wanted not in grant.purposes:
        raise UnknownPurposeError(field="purpose")
    partner = await partners.find_partner(session, grant.client_id)
    agency = partner.agency if partner is not None else ""
    heads = await repository.heads(session, [person_id])
    classes = (await consented(session, agency, wanted, [person_id], now)).get(person_id, frozenset())
    fields = covered(view, grant.basis, classes)
    reasons = list(_standing(grant, partner.state if partner is not None else "", today))
    reasons += _against(grant, view, classes, heads)
    shown = () if reasons else fields
    facts = await repository.milestone_facts(session, [person_id]) if shown else {}
    values = project(shown, heads[0], milestones(facts.get(person_id, []))) if shown else {}
    return DryRun(grant.client_id, wanted, view, tuple(reasons), shown, _withheld(view, shown, reasons), values)


def _standing(grant: PartnerGrant, partner_state: str, today: date) -> Iterator[str]:
    if partner_state != PartnerState.ACTIVE:
        yield "partner-not-active"
    if grant.state != GrantState.ACTIVE:
        yield f"grant-{grant.state.lower()}"
    if today < grant.valid_from:
        yield "grant-not-begun"
    if today > grant.valid_to:
        yield "grant-ended"


def _against(grant: PartnerGrant, view: View, classes: frozenset[str], heads: Sequence[PersonHead]) -> Iterator[str]:
    """Why the person themselves is not seen by the grant."""
    if not covered(view, grant.basis, classes):
        yield "no-consent"
    elif not may_choose_by(grant.row_filter, opened(view, grant.basis, classes)):
        yield "rows-not-covered"
    elif not heads or not matches(grant.row_filter, _row(heads[0])):
        yield "outside-rows"


def _row(head: object) -> dict[str, Any]:
    return {name: getattr(head, name) for name in ("return_district", "facility", "stage")}


def _withheld(view: View, shown: tuple[str, ...], reasons: list[str]) -> tuple[tuple[str, str], ...]:
    def why(name: str) -> str:
        if name not in view.fields:
            return "not-in-view"
        return "person-not-visible" if reasons else "no-consent"

    return tuple((name, why(name)) for name in SOURCE if name not in shown)
