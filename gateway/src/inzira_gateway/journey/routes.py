"""HTTP of the journey."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query
from inzira_platform.deps import ClockDep, PrincipalDep, SessionDep, declared
from inzira_platform.errors import NotFoundError
from inzira_platform.http import Instant
from inzira_platform.page import PageDep
from inzira_platform.scope import end_as_system

from inzira_gateway.account import service as accounts
from inzira_gateway.account.service import Officer
from inzira_gateway.clients.deps import IntakeDep
from inzira_gateway.freshness import service as freshness
from inzira_gateway.freshness.domain import Gap
from inzira_gateway.freshness.schemas import aged
from inzira_gateway.freshness.service import ProjectionBehindError
from inzira_gateway.freshness.waiting import OwnWriteDep
from inzira_gateway.journey import service
from inzira_gateway.journey.labels import choose_language, is_reviewed, label
from inzira_gateway.journey.models import JourneyEntry
from inzira_gateway.journey.schemas import CorrectionRead, EntryRead, HeadRead, JourneyRead, RecordedRead, name_read
from inzira_gateway.journey.service import Filters, Journey
from inzira_gateway.ledger import service as ledger

router = APIRouter(tags=["journey"])
Source = Literal["intake", "curriculum", "tvet", "reintegration"]


async def _filters(
    source: Annotated[Source | None, Query(description="only what this service said")] = None,
    kind: Annotated[
        str | None, Query(max_length=80, pattern=r"^[a-z_.]+$", description="for instance intake.person.moved")
    ] = None,
    since: Annotated[Instant | None, Query(description="happened from this time on")] = None,
    until: Annotated[Instant | None, Query(description="happened before this time")] = None,
    order: Annotated[Literal["oldest", "latest"], Query(description="which end comes first")] = "oldest",
) -> Filters:
    return Filters(source, kind, since, until, order == "latest")


async def _language(
    lang: Annotated[Literal["en", "fr", "rw"] | None, Query(description="language of the labels")] = None,
    accept_language: Annotated[str | None, Header(max_length=200)] = None,
) -> str:
    return choose_language(lang, accept_language)


@router.get("/v1/persons/{person_id}/journey", **declared("journey:read"))
async def read_journey(
    person_id: UUID,
    own_write: OwnWriteDep,
    session: SessionDep,
    principal: PrincipalDep,
    clock: ClockDep,
    page: PageDep,
    filters: Annotated[Filters, Depends(_filters)],
    language: Annotated[str, Depends(_language)],
    intake: IntakeDep,
) -> JourneyRead:
    """Everything that happened to one person, across services, in order, with who recorded it, both times and
    corrections beside what they correct. Answers while a service is down, and says what may be missing.
    """
    try:
        journey = await service.read_journey(session, principal, person_id, page, filters)
    except NotFoundError as error:
        if own_write:
            raise
        raise ProjectionBehindError(retry_after=1) from error  # "not found" would be untrue of one's own write
    names = await intake.names(principal, [person_id])
    view = "named" if names.by_person else "codes"
    gaps = [Gap("names", names.reason)] if names.reason else []
    age = await freshness.describe(session, clock.now(), gaps)
    await end_as_system(session)
    await ledger.append_disclosure(session, principal, "journey.read", [person_id], clock.now(), view)
    officers = await accounts.officers(session, _recorders(journey))
    return JourneyRead(
        **aged(age),
        person=HeadRead.of(journey.head, whole=service.follows(principal)),
        name=name_read(names.by_person.get(person_id)),
        items=[_entry(entry, journey, officers, principal.agency, language) for entry in journey.entries],
        next_cursor=journey.next_cursor,
        language=language,
        labels_reviewed=is_reviewed(language),
    )


def _recorders(journey: Journey) -> list[str]:
    shown = [*journey.entries, *(entry for group in journey.corrections.values() for entry in group)]
    return [entry.recorded_by for entry in shown]


def _entry(
    entry: JourneyEntry, journey: Journey, officers: dict[str, Officer], agency: str | None, language: str
) -> EntryRead:
    corrections = [
        CorrectionRead(
            event_id=found.event_id,
            type=found.type,
            label=label(found.summary_code, found.refs, language),
            occurred_at=found.occurred_at,
            recorded_at=found.recorded_at,
            recorded=_recorded(found.recorded_by, officers, agency),
            supersedes=found.supersedes or entry.event_id,
            refs=found.refs,
        )
        for found in journey.corrections.get(entry.event_id, [])
    ]
    return EntryRead(
        event_id=entry.event_id,
        source=entry.source,
        type=entry.type,
        summary_code=entry.summary_code,
        label=label(entry.summary_code, entry.refs, language),
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        recorded=_recorded(entry.recorded_by, officers, agency),
        supersedes=entry.supersedes,
        refs=entry.refs,
        corrections=corrections,
    )


def _recorded(by: str, officers: dict[str, Officer], agency: str | None) -> RecordedRead:
    """Colleagues see each other's names; of other agencies only which agency it was."""
    officer = officers.get(by)
    if officer is None:
        return RecordedRead(by=by)
    return RecordedRead(by=by, name=officer.name if officer.agency == agency else None, agency=officer.agency)
