"""Use cases of participants: kept fresh by intake's events, asked by everything else."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import KIGALI
from inzira_platform.errors import NotYet
from inzira_platform.storing import hold, put
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_tvet.participant.domain import Gone, PersonNotFoundError, Stay, check_can_begin, has_arrived
from inzira_tvet.participant.models import Participant
from inzira_tvet.participant.repository import find_visible

__all__ = [
    "admit_participant",
    "check_visible",
    "discharge_participant",
    "gone_from",
    "has_arrived",
    "hold_participants",
    "keep_participants",
    "move_participant",
    "place_to_begin",
]

Known = dict[UUID, Participant]
"""Participants of a batch of events, by person."""


async def check_visible(session: AsyncSession, principal: Principal, person_id: UUID) -> None:
    """Raises PersonNotFoundError when the person is not there or not in the principal's reach."""
    if await find_visible(session, principal, person_id) is None:
        raise PersonNotFoundError


async def place_to_begin(session: AsyncSession, principal: Principal, person_id: UUID, opened_on: date) -> str:
    """Code of the facility where this person may begin a training on `opened_on`; true until the transaction ends.

    The person's row is locked against changes: an event of intake in the same instant either came before, and is seen
    here, or waits in `hold_participants`, and finds the training that was opened. The row is the first thing either
    side locks of a person, so that neither waits for the other with something in hand.
    Raises PersonNotFoundError, NotInCustodyError, HeldElsewhereError or BeforeAdmissionError.
    """
    person = await find_visible(session, principal, person_id, hold=True)
    if person is None:
        raise PersonNotFoundError
    stay = Stay(person.facility, person.custody_state, person.admitted_on)
    return check_can_begin(stay, opened_on, principal.facilities)


async def gone_from(session: AsyncSession, person_id: UUID, facility: str) -> Gone | None:
    """How the person of a training in reach left its facility by release or transfer; None while they are there."""
    person = await session.get(Participant, person_id)
    if person is None:
        return None
    if person.custody_state == "RELEASED" and person.left_on is not None:
        return Gone(is_released=True, on=person.left_on)
    if person.facility != facility:
        return Gone(is_released=False, on=person.located_at.astimezone(KIGALI).date())
    return None


async def hold_participants(session: AsyncSession, person_ids: Collection[UUID]) -> Known:
    """Those of these persons who are known, locked until the transaction ends; for consumers."""
    return await hold(session, Participant, person_ids)


async def keep_participants(session: AsyncSession, known: Known) -> None:
    """Write what became of them."""
    await put(session, known.values())


def admit_participant(
    known: Known,
    person_id: UUID,
    *,
    episode_id: UUID,
    facility: str,
    sex: str,
    admitted_on: date,
    at: datetime,
    learned_at: datetime,
) -> None:
    """Begin a stay; a readmission replaces the earlier one, one older than what is known changes nothing."""
    if person_id in known and at < known[person_id].located_at:
        return
    known[person_id] = Participant(
        person_id=person_id,
        episode_id=episode_id,
        facility=facility,
        sex=sex,
        custody_state="IN_FACILITY",
        admitted_on=admitted_on,
        located_at=at,
        updated_at=learned_at,
    )


def move_participant(
    known: Known, person_id: UUID, *, facility: str | None, custody_state: str, at: datetime, learned_at: datetime
) -> bool:
    """Note a movement; `facility` None keeps the place. False when a later movement is already known.

    Raises NotYet when the person's admission has not arrived.
    """
    person = _of(known, person_id)
    if at < person.located_at:
        return False
    person.facility = facility or person.facility
    person.custody_state, person.located_at, person.updated_at = custody_state, at, learned_at
    return True


def discharge_participant(
    known: Known, person_id: UUID, *, custody_state: str, left_on: date, at: datetime, learned_at: datetime
) -> None:
    """Note a release or a death. Raises NotYet when the person's admission has not arrived."""
    person = _of(known, person_id)
    person.custody_state, person.left_on = custody_state, left_on
    person.located_at, person.updated_at = max(at, person.located_at), learned_at


def _of(known: Known, person_id: UUID) -> Participant:
    """The participant. Raises NotYet."""
    if person_id not in known:
        raise NotYet("participant")
    return known[person_id]
