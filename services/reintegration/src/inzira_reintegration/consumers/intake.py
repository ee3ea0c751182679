"""Custody events: each keeps the person's reach (person_scope) and moves their case along."""

from datetime import date

from inzira_contracts import intake
from inzira_contracts.event import Event
from inzira_platform import scope_feed
from inzira_platform.clock import Clock
from inzira_platform.errors import DomainError, Kind
from inzira_platform.service import Delivery, Handler
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_reintegration.case.domain import CaseState
from inzira_reintegration.case.service import find_open_case
from inzira_reintegration.days import kigali_day
from inzira_reintegration.lifecycle import service as lifecycle
from inzira_reintegration.prospect import service as prospects

RELEASE_FACTS = frozenset({"release", "released", "person.released", "released_on"})


class OtherEpisodeError(DomainError):
    kind = Kind.CONFLICT
    code = "other-custody-episode"
    message = "This is about another custody episode than the person's latest one."


def _clock(session: AsyncSession) -> Clock:
    clock: Clock = session.info["clock"]
    return clock


async def on_admitted(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """A custody episode began; a later one of the same person ends their open case."""
    assert isinstance(event, intake.PersonAdmitted)  # noqa: S101 - registered for this type
    await scope_feed.on_admitted(session, event, meta)
    clock, admitted_on = _clock(session), kigali_day(event.occurred_at)
    returned = await prospects.begin_episode(
        session,
        clock,
        event.person_id,
        episode_id=event.episode_id,
        facility=event.facility,
        return_district=event.return_district,
        admitted_on=admitted_on,
        legal_status=str(event.legal_status),
    )
    if returned:
        row = await prospects.require_prospect(session, clock, event.person_id)
        await lifecycle.readmit(session, clock, row, admitted_on)


async def on_moved(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """The person is held elsewhere, escaped, or came back.

    Raises NotYet before the admission arrived.
    """
    assert isinstance(event, intake.PersonMoved)  # noqa: S101 - registered for this type
    row = await prospects.require_prospect(session, _clock(session), event.person_id)
    await scope_feed.on_moved(session, event, meta)
    if event.episode_id != row.episode_id:
        return
    row.custody_state = str(event.custody_state)
    if event.to_facility and event.kind != "TRANSFER_DEPARTED":
        await lifecycle.change_facility(session, _clock(session), row, event.to_facility)


async def on_dates_computed(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """The expected release is known or moved; dates of an episode that is over change nothing.

    Raises NotYet before the admission arrived.
    """
    assert isinstance(event, intake.DatesComputed)  # noqa: S101 - registered for this type
    clock = _clock(session)
    row = await prospects.require_prospect(session, clock, event.person_id)
    if event.episode_id != row.episode_id:
        return
    row.legal_status = str(event.legal_status)
    await lifecycle.move_release(session, clock, row, event.expected_release_on, event.occurred_at)


async def on_released(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """Custody ended: the follow-up starts.

    Raises NotYet before the admission arrived, OtherEpisodeError for an episode that is not the latest.
    """
    assert isinstance(event, intake.PersonReleased)  # noqa: S101 - registered for this type
    clock = _clock(session)
    row = await prospects.require_prospect(session, clock, event.person_id)
    if event.episode_id != row.episode_id:
        raise OtherEpisodeError
    await scope_feed.on_released(session, event, meta)
    row.return_district = event.return_district or row.return_district
    await lifecycle.release(session, clock, row, event.released_on, str(event.release_reason), str(event.supervision))


async def on_died(session: AsyncSession, event: Event, meta: Delivery) -> None:
    """The person died, in custody or after it.

    Raises NotYet before the admission arrived.
    """
    assert isinstance(event, intake.PersonDied)  # noqa: S101 - registered for this type
    row = await prospects.require_prospect(session, _clock(session), event.person_id)
    await scope_feed.on_died(session, event, meta)
    await lifecycle.die(session, _clock(session), row, event.died_on)


async def on_corrected(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """A release that was dated wrongly moves what is still to be done."""
    assert isinstance(event, intake.FactCorrected)  # noqa: S101 - registered for this type
    if event.fact.lower() not in RELEASE_FACTS:
        return
    case = await find_open_case(session, event.person_id)
    released_on: date = kigali_day(event.occurred_at)
    if case is None or case.state != CaseState.FOLLOW_UP or case.episode_id != event.episode_id:
        return
    if case.released_on != released_on:
        await lifecycle.correct_release(session, _clock(session), case, released_on)


async def on_updated(session: AsyncSession, event: Event, _meta: Delivery) -> None:
    """The district of return changed.

    Raises NotYet before the admission arrived.
    """
    assert isinstance(event, intake.PersonUpdated)  # noqa: S101 - registered for this type
    if event.return_district is None:
        return
    row = await prospects.require_prospect(session, _clock(session), event.person_id)
    await lifecycle.change_district(session, _clock(session), row, event.return_district)


HANDLERS: dict[str, Handler] = {
    intake.PersonAdmitted.type: on_admitted,
    intake.PersonMoved.type: on_moved,
    intake.DatesComputed.type: on_dates_computed,
    intake.PersonReleased.type: on_released,
    intake.PersonDied.type: on_died,
    intake.FactCorrected.type: on_corrected,
    intake.PersonUpdated.type: on_updated,
}
