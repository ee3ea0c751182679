"""Every SQL statement behind what partners are shown."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, false, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.consent.service import covering_persons
from inzira_gateway.grant.domain import FILTER_FIELDS, Basis, View, least_classes, may_choose_by, needed_for, opened
from inzira_gateway.grant.models import PartnerGrant
from inzira_gateway.journey.domain import Fact
from inzira_gateway.journey.generation import ACTIVE
from inzira_gateway.journey.models import JourneyEntry, PersonHead
from inzira_gateway.sharing.domain import MILESTONES
from inzira_gateway.sharing.models import FeedSubject, Pairwise

HEAD: Any = PersonHead
ENTRY: Any = JourneyEntry
PAIR: Any = Pairwise
SUBJECT: Any = FeedSubject

# One text for any number of rows: a list of VALUES would be compiled anew for every page.
NAME = text(
    "INSERT INTO pairwise(client_id, person_id, pid) "
    "SELECT :client_id, * FROM unnest(CAST(:persons AS uuid[]), CAST(:pids AS text[])) ON CONFLICT DO NOTHING"
)
REMEMBER = text(
    "INSERT INTO feed_subject(client_id, purpose, person_id, since_offset) "
    "SELECT :client_id, :purpose, person_id, 0 FROM unnest(CAST(:persons AS uuid[])) AS n(person_id) "
    "ON CONFLICT DO NOTHING"
)


async def heads(session: AsyncSession, person_ids: Collection[UUID]) -> list[PersonHead]:
    """Heads of these persons, as far as the role in hand reaches."""
    query = select(PersonHead).where(HEAD.generation == ACTIVE, HEAD.person_id.in_(person_ids))
    return list((await session.execute(query.execution_options(populate_existing=True))).scalars().all())


async def milestone_facts(session: AsyncSession, person_ids: Collection[UUID]) -> dict[UUID, list[Fact]]:
    """Facts that are milestones, or correct one, by person."""
    query = select(
        ENTRY.person_id, ENTRY.event_id, ENTRY.source, ENTRY.type, ENTRY.version, ENTRY.occurred_at, ENTRY.supersedes,
        ENTRY.refs,
    ).where(
        ENTRY.generation == ACTIVE,
        ENTRY.person_id.in_(person_ids),
        or_(ENTRY.type.in_(MILESTONES), ENTRY.supersedes.is_not(None)),
    )  # fmt: skip
    found: dict[UUID, list[Fact]] = {}
    for row in (await session.execute(query)).all():
        found.setdefault(row[0], []).append(Fact(*row[1:]))
    return found


async def person_of(session: AsyncSession, client_id: str, pid: str) -> UUID | None:
    query = select(PAIR.person_id).where(PAIR.client_id == client_id, PAIR.pid == pid)
    return (await session.execute(query)).scalar_one_or_none()


def _passes(row_filter: Mapping[str, Sequence[str]]) -> ColumnElement[bool]:
    if not row_filter:
        return false()
    return and_(*(getattr(HEAD, FILTER_FIELDS[kind]).in_(values) for kind, values in row_filter.items()))


def inside(
    grants: Sequence[tuple[PartnerGrant, View]],
    agency: str,
    purpose: str,
    narrowed: Mapping[str, Sequence[str]],
    now: datetime,
) -> ColumnElement[bool]:
    """Heads of exactly those who are shown, narrowed as asked: a page or a cursor must tell of nobody else.

    A grant reaches a person in its rows of whom all is open that its rows, and what is asked, are chosen by; as they
    are shown in the view of the oldest grant that reaches them, it is that grant which must open what is asked.
    """

    def reached(grant: PartnerGrant, view: View, also: Collection[str]) -> ColumnElement[bool]:
        kinds = (*grant.row_filter, *also)
        if grant.basis == Basis.LEGAL_DUTY:
            return _passes(grant.row_filter) if may_choose_by(kinds, opened(view, grant.basis, ())) else false()
        agreed = covering_persons(agency, purpose, needed_for(kinds), least_classes(view), now)
        return and_(_passes(grant.row_filter), HEAD.person_id.in_(agreed))

    if not narrowed:
        return and_(HEAD.generation == ACTIVE, or_(false(), *(reached(grant, view, ()) for grant, view in grants)))
    asked = [_passes({kind: values}) for kind, values in narrowed.items()]
    if len(grants) == 1:
        return and_(HEAD.generation == ACTIVE, *asked, reached(*grants[0], narrowed))
    oldest = [(reached(grant, view, ()), reached(grant, view, narrowed)) for grant, view in grants]
    return and_(HEAD.generation == ACTIVE, *asked, case(*oldest, else_=false()))


async def unnamed(session: AsyncSession, client_id: str, wanted: ColumnElement[bool], most: int) -> Sequence[UUID]:
    """Persons inside that have no id for this partner yet."""
    named = exists().where(PAIR.client_id == client_id, PAIR.person_id == HEAD.person_id)
    return (await session.execute(select(HEAD.person_id).where(wanted, ~named).limit(most))).scalars().all()


async def name_persons(session: AsyncSession, client_id: str, pids: Mapping[UUID, str]) -> None:
    """Keep the ids of persons for a partner."""
    if pids:
        await session.execute(NAME, {"client_id": client_id, "persons": list(pids), "pids": list(pids.values())})


async def page_of(
    session: AsyncSession, client_id: str, wanted: ColumnElement[bool], after: str, most: int
) -> list[tuple[str, UUID]]:
    """(pairwise id, person) inside, in the order of pairwise ids, which tells nothing of when somebody came."""
    query = (
        select(PAIR.pid, PAIR.person_id)
        .join(HEAD, HEAD.person_id == PAIR.person_id)
        .where(PAIR.client_id == client_id, PAIR.pid > after, wanted)
        .order_by(PAIR.pid)
        .limit(most)
    )
    return [(row[0], row[1]) for row in (await session.execute(query)).all()]


async def remember_shown(session: AsyncSession, client_id: str, purpose: str, person_ids: Collection[UUID]) -> None:
    """Note whom a partner was shown, so that its feed tells when they go out of sight."""
    if person_ids:
        shown = {"client_id": client_id, "purpose": purpose, "persons": list(person_ids)}
        await session.execute(REMEMBER, shown)


async def subjects(
    session: AsyncSession, client_id: str, purpose: str, person_ids: Collection[UUID]
) -> dict[UUID, FeedSubject]:
    query = select(FeedSubject).where(
        SUBJECT.client_id == client_id, SUBJECT.purpose == purpose, SUBJECT.person_id.in_(person_ids)
    )
    rows = (await session.execute(query.execution_options(populate_existing=True))).scalars().all()
    return {row.person_id: row for row in rows}


async def present_subjects(
    session: AsyncSession, client_id: str, purpose: str, after: UUID, most: int
) -> list[FeedSubject]:
    """Persons a partner believes to see, in the order of ids."""
    query = (
        select(FeedSubject)
        .where(
            SUBJECT.client_id == client_id,
            SUBJECT.purpose == purpose,
            SUBJECT.left_offset.is_(None),
            SUBJECT.person_id > after,
        )
        .order_by(SUBJECT.person_id)
        .limit(most)
    )
    return list((await session.execute(query)).scalars().all())
