"""Who a partner may see now, and what of them: asked afresh for every answer and every delivery."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.page import InvalidCursorError
from inzira_platform.scope import as_principal, as_system
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.consent.service import active_consents
from inzira_gateway.freshness import service as freshness
from inzira_gateway.grant import service as grants
from inzira_gateway.grant.catalogue import Catalogue
from inzira_gateway.grant.domain import (
    FILTER_FIELDS,
    Basis,
    UnknownFilterError,
    View,
    covered,
    matches,
    may_choose_by,
    opened,
)
from inzira_gateway.grant.models import PartnerGrant
from inzira_gateway.journey.models import PersonHead
from inzira_gateway.partner import service as partners
from inzira_gateway.sharing import repository
from inzira_gateway.sharing.domain import (
    OLDEST_REPLICA,
    NotGrantedError,
    PurposeMissingError,
    ReplicaStaleError,
    Sight,
    milestones,
    pairwise_id,
    project,
    seal,
    unseal,
)

NAMED_AT_ONCE = 2000
LIST = "persons"


@dataclass(frozen=True, slots=True)
class Access:
    """What a partner may ask of one route for one purpose, now."""

    client_id: str
    agency: str
    secret: bytes
    purpose: str
    grants: list[tuple[PartnerGrant, View]]
    epoch: int
    """Of the partner: it grows with whatever must end its tokens."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One person as a partner sees them."""

    person_id: UUID
    pid: str
    view: View
    fields: Mapping[str, Any]
    names: tuple[str, ...]
    """Fields that may be shown, those without a value among them."""


async def open_access(
    session: AsyncSession, catalogue: Catalogue, principal: Principal, route: str, now: datetime, today: date
) -> Access:
    """What the partner may ask.

    Raises PurposeMissingError, NotGrantedError, ReplicaStaleError, or ViewInvalidError when a view it would be
    shown through is not whole.
    """
    if not principal.purpose:
        raise PurposeMissingError(field="X-Purpose")
    async with as_system(session):
        partner = await partners.find_partner(session, principal.sub)
        found = await grants.in_force(session, principal.sub, route, principal.purpose, today)
        await _check_fresh(session, now)
    if partner is None or not found:
        raise NotGrantedError
    views = [(grant, catalogue.get(grant.view, grant.view_version)) for grant in found]
    return Access(partner.client_id, partner.agency, partner.secret, principal.purpose, views, partner.epoch)


async def _check_fresh(session: AsyncSession, now: datetime) -> None:
    """Custody and consents come from intake: where its word is old, nobody is shown."""
    ages = {item.source: item.age_seconds for item in (await freshness.describe(session, now)).sources}
    age = ages.get("intake")
    if age is None or age > OLDEST_REPLICA:
        raise ReplicaStaleError


async def visible(session: AsyncSession, access: Access, person_ids: Collection[UUID], now: datetime) -> list[Shown]:
    """Those of the persons that may be shown, with what may be shown of them, by id.

    Heads and entries are read under the partner's own database role; consents in the gateway's.
    """
    async with as_principal(session):
        heads = await repository.heads(session, person_ids)
        facts = await repository.milestone_facts(session, [head.person_id for head in heads])
    async with as_system(session):
        classes = await consented(session, access.agency, access.purpose, [head.person_id for head in heads], now)
    found = []
    for head in heads:
        choice = choose(access.grants, head, classes.get(head.person_id, frozenset()))
        if choice is not None:
            view, fields = choice
            shown = project(fields, head, milestones(facts.get(head.person_id, [])))
            found.append(Shown(head.person_id, pairwise_id(access.secret, head.person_id), view, shown, fields))
    return sorted(found, key=lambda item: item.pid)


async def consented(
    session: AsyncSession, agency: str, purpose: str, person_ids: Collection[UUID], now: datetime
) -> dict[UUID, frozenset[str]]:
    """Data classes each person agreed to share with the agency for the purpose."""
    classes: dict[UUID, frozenset[str]] = {}
    for consent in await active_consents(session, agency, person_ids, now):
        if consent.basis == Basis.CONSENT and consent.purpose == purpose:
            classes[consent.person_id] = classes.get(consent.person_id, frozenset()) | consent.data_classes
    return classes


def choose(
    views: Sequence[tuple[PartnerGrant, View]], head: PersonHead, data_classes: frozenset[str]
) -> tuple[View, tuple[str, ...]] | None:
    """The view of the oldest grant that reaches the person, and what of it is covered; None: not to be seen.

    Nobody is reached by rows that are chosen by what is not open of them: being seen at all would tell it.
    """
    row = {"return_district": head.return_district, "facility": head.facility, "stage": head.stage}
    for grant, view in views:
        fields = covered(view, grant.basis, data_classes)
        may_choose = may_choose_by(grant.row_filter, opened(view, grant.basis, data_classes))
        if fields and may_choose and matches(grant.row_filter, row):
            return view, fields
    return None


async def find_person(
    session: AsyncSession, access: Access, pid: str, now: datetime
) -> tuple[UUID | None, Shown | None]:
    """Who is meant, if anybody, and what is shown of them, if anything; the same work in every case."""
    async with as_system(session):
        person_id = await repository.person_of(session, access.client_id, pid)
    found = await visible(session, access, [person_id or UUID(int=0)], now)
    return person_id, found[0] if found else None


async def list_persons(
    session: AsyncSession,
    access: Access,
    narrowed: Mapping[str, Sequence[str]],
    limit: int,
    cursor: str | None,
    now: datetime,
) -> tuple[list[Shown], str | None]:
    """One page of persons in the partner's rows, in the order of its own ids, and the cursor of the next.

    Raises InvalidCursorError for a cursor not given to this partner.
    """
    after = unseal(access.secret, LIST, cursor) if cursor is not None else ""
    if after is None:
        raise InvalidCursorError(field="cursor")
    inside = repository.inside(access.grants, access.agency, access.purpose, narrowed, now)
    async with as_system(session):
        while fresh := await repository.unnamed(session, access.client_id, inside, NAMED_AT_ONCE):
            pids = {person_id: pairwise_id(access.secret, person_id) for person_id in fresh}
            await repository.name_persons(session, access.client_id, pids)
        rows = await repository.page_of(session, access.client_id, inside, after, limit + 1)
    page = rows[:limit]
    found = await visible(session, access, [person_id for _, person_id in page], now)
    # the query found nobody by a field their consent leaves out; what changed since is looked at once more
    kinds = {FILTER_FIELDS[kind]: values for kind, values in narrowed.items()}
    shown = [item for item in found if all(item.fields.get(name) in values for name, values in kinds.items())]
    return shown, seal(access.secret, LIST, page[-1][0]) if len(rows) > limit else None


def check_narrowing(access: Access, narrowed: Collection[str]) -> None:
    """Raises UnknownFilterError for a field that not every view of the partner shows: a filter must reveal nothing."""
    for kind in narrowed:
        name = FILTER_FIELDS[kind]
        if any(name not in view.fields for _, view in access.grants):
            raise UnknownFilterError(field="query")


async def remember_shown(session: AsyncSession, access: Access, shown: Sequence[Shown]) -> None:
    """Note whom the partner was shown, with its ids of them. Needs the gateway's own scope."""
    await name_shown(session, access, shown)
    await repository.remember_shown(session, access.client_id, access.purpose, [item.person_id for item in shown])


async def name_shown(session: AsyncSession, access: Access, shown: Sequence[Shown]) -> None:
    """Keep the partner's ids of those it was shown. Needs the gateway's own scope."""
    await repository.name_persons(session, access.client_id, {item.person_id: item.pid for item in shown})


async def sights(session: AsyncSession, access: Access, person_ids: Collection[UUID]) -> dict[UUID, Sight]:
    """Since when the partner is told of each person, and where they went out of its sight."""
    found = await repository.subjects(session, access.client_id, access.purpose, person_ids)
    return {person_id: Sight(row.since_offset, row.left_offset) for person_id, row in found.items()}


async def present(session: AsyncSession, access: Access, after: UUID, most: int) -> dict[UUID, int]:
    """Persons the partner believes to see, in the order of ids, with the position since when."""
    rows = await repository.present_subjects(session, access.client_id, access.purpose, after, most)
    return {row.person_id: row.since_offset for row in rows}
