"""Intake's events: who is held where, and what a transfer, a release or a death does to a training.

The platform's own handlers keep `person_scope`; they run first, in the same transaction.
"""

from datetime import date, datetime

from inzira_contracts.event import Event
from inzira_contracts.intake import PersonAdmitted, PersonDied, PersonMoved, PersonReleased
from inzira_platform import scope_feed
from inzira_platform.clock import KIGALI, Clock
from inzira_platform.service import Delivery, Handler
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_tvet.attainment import service as attainment
from inzira_tvet.participant import service as participants
from inzira_tvet.training.service import Action

ACTOR = "svc:tvet"


async def on_admitted(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """A stay begins: the person may take up training from that day."""
    assert isinstance(event, PersonAdmitted)  # noqa: S101 - registered for this type
    await scope_feed.on_admitted(session, event, meta)
    await participants.admit_participant(
        session,
        event.person_id,
        episode_id=event.episode_id,
        facility=event.facility,
        sex=event.sex.value,
        admitted_on=_day(event.occurred_at),
        at=event.occurred_at,
        learned_at=_clock(session).now(),
    )


async def on_moved(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """Received at another facility: trainings of the old one end with a statement of what was attained.

    Hospital, court and leave change nothing in a training. Raises NotYet before the admission has arrived.
    """
    assert isinstance(event, PersonMoved)  # noqa: S101 - registered for this type
    await scope_feed.on_moved(session, event, meta)
    arrived = participants.has_arrived(event.custody_state.value, event.to_facility)
    is_latest = await participants.move_participant(
        session,
        event.person_id,
        facility=event.to_facility if arrived else None,
        custody_state=event.custody_state.value,
        at=event.occurred_at,
        learned_at=_clock(session).now(),
    )
    if arrived and is_latest:
        await attainment.cut_short(
            session,
            _clock(session),
            event.person_id,
            Action.TRANSFER_OUT,
            on=_day(event.occurred_at),
            by=ACTOR,
            arrived_at=event.to_facility,
        )


async def on_released(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """Released: what is not complete ends early, with a statement. Raises NotYet before the admission."""
    assert isinstance(event, PersonReleased)  # noqa: S101 - registered for this type
    await scope_feed.on_released(session, event, meta)
    await participants.discharge_participant(
        session,
        event.person_id,
        custody_state="RELEASED",
        left_on=event.released_on,
        at=event.occurred_at,
        learned_at=_clock(session).now(),
    )
    await attainment.cut_short(
        session, _clock(session), event.person_id, Action.RELEASE, on=event.released_on, by=ACTOR
    )


async def on_died(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """Died: every open training closes. Raises NotYet before the admission has arrived."""
    assert isinstance(event, PersonDied)  # noqa: S101 - registered for this type
    await scope_feed.on_died(session, event, meta)
    await participants.discharge_participant(
        session,
        event.person_id,
        custody_state="DECEASED",
        left_on=event.died_on,
        at=event.occurred_at,
        learned_at=_clock(session).now(),
    )
    await attainment.cut_short(session, _clock(session), event.person_id, Action.DIE, on=event.died_on, by=ACTOR)


def _day(moment: datetime) -> date:
    """The calendar day of a moment in Rwanda."""
    return moment.astimezone(KIGALI).date()


def _clock(session: AsyncSession) -> Clock:
    """The clock the worker put into the session."""
    clock: Clock = session.info["clock"]
    return clock


HANDLERS: dict[str, Handler] = {
    PersonAdmitted.type: on_admitted,
    PersonMoved.type: on_moved,
    PersonReleased.type: on_released,
    PersonDied.type: on_died,
}
