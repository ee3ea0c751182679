"""What custody's events mean here: who may enter, and whose enrolments end.

Each handler first keeps the shared reach of persons (`scope_feed`), then this service's own effects.
"""

from inzira_contracts import intake
from inzira_contracts.event import Event
from inzira_platform import scope_feed
from inzira_platform.service import Delivery
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_curriculum.enrolment import service as enrolments
from inzira_curriculum.participant import service as participants

IN_PLACE = frozenset({"IN_FACILITY", "HALFWAY"})


async def on_admitted(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """A custody episode begins: the person can be enrolled where they are."""
    assert isinstance(event, intake.PersonAdmitted)  # noqa: S101 - registered for this type
    await scope_feed.on_admitted(session, event, meta)
    latest = await participants.place(
        session,
        event.person_id,
        event.occurred_at,
        episode_id=event.episode_id,
        facility=event.facility,
        custody_state="IN_FACILITY",
    )
    if latest:
        await participants.begin_episode(session, event.person_id, event.occurred_at, event.legal_status)


async def on_moved(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """A person received elsewhere leaves the group here; their credits travel (domain.md 3)."""
    assert isinstance(event, intake.PersonMoved)  # noqa: S101 - registered for this type
    await scope_feed.on_moved(session, event, meta)
    arrived = event.to_facility if event.kind != "TRANSFER_DEPARTED" else None
    latest = await participants.place(
        session,
        event.person_id,
        event.occurred_at,
        episode_id=event.episode_id,
        facility=arrived,
        custody_state=event.custody_state,
    )
    if latest and arrived is not None and event.custody_state in IN_PLACE:
        await enrolments.end_with_custody(
            session,
            event.person_id,
            enrolments.Action.TRANSFER_OUT,
            participants.day_of(event.occurred_at),
            unless_in=arrived,
        )


async def on_sentence(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """A sentence states the legal status."""
    assert isinstance(event, intake.SentenceRecorded)  # noqa: S101 - registered for this type
    await participants.keep_legal_status(session, event.person_id, event.episode_id, event.legal_status)


async def on_dates(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """Computed dates order who is asked first."""
    assert isinstance(event, intake.DatesComputed)  # noqa: S101 - registered for this type
    await participants.keep_legal_status(session, event.person_id, event.episode_id, event.legal_status)
    await participants.keep_dates(
        session, event.person_id, event.episode_id, event.expected_release_on, event.parole_eligible_on
    )


async def on_released(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """Released before the end: the enrolment says so, and the programme can go on in the community."""
    assert isinstance(event, intake.PersonReleased)  # noqa: S101 - registered for this type
    await scope_feed.on_released(session, event, meta)
    await participants.place(
        session,
        event.person_id,
        event.occurred_at,
        episode_id=event.episode_id,
        facility=None,
        custody_state="RELEASED",
    )
    await participants.keep_release(session, event.person_id, event.episode_id, event.released_on)
    await enrolments.end_with_custody(
        session,
        event.person_id,
        enrolments.Action.RELEASE,
        event.released_on,
        episode_id=event.episode_id,
    )


async def on_died(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """Death ends everything that was open."""
    assert isinstance(event, intake.PersonDied)  # noqa: S101 - registered for this type
    await scope_feed.on_died(session, event, meta)
    await participants.keep_death(session, event.person_id, event.occurred_at)
    await enrolments.end_with_custody(session, event.person_id, enrolments.Action.DIE, event.died_on)


HANDLERS = {
    intake.PersonAdmitted.type: on_admitted,
    intake.PersonMoved.type: on_moved,
    intake.SentenceRecorded.type: on_sentence,
    intake.DatesComputed.type: on_dates,
    intake.PersonReleased.type: on_released,
    intake.PersonDied.type: on_died,
}
