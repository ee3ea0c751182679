"""Keeping participants as custody's events tell, and judging who may enter a programme."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.clock import KIGALI
from inzira_platform.storing import hold, put
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_curriculum.participant import repository
from inzira_curriculum.participant.domain import (
    Eligibility,
    ParticipantNotFoundError,
    Standing,
    add_months,
    admit_or_refuse,
    refuse_departed,
    released_after,
)
from inzira_curriculum.participant.models import Participant, PersonFlag
from inzira_curriculum.participant.repository import Search
from inzira_curriculum.template import EligibilityRules

__all__ = ["Candidate", "Participant", "Search"]

Known = dict[UUID, Participant]
"""Participants of a batch of events, by person."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who may enter: ids and dates, the name is joined in by the gateway."""

    person_id: UUID
    leaves_on: date
    expected_release_on: date | None
    parole_eligible_on: date | None
    is_priority: bool


def day_of(moment: datetime) -> date:
    """The calendar day of an instant in Rwanda."""
    return moment.astimezone(KIGALI).date()


async def get_visible(session: AsyncSession, principal: Principal, person_id: UUID) -> Participant:
    """The participant, when they are in the principal's reach.

    Raises ParticipantNotFoundError.
    """
    found = await repository.find_visible(session, principal, person_id)
    if found is None:
        raise ParticipantNotFoundError(field="person_id")
    return found


async def hold_visible(session: AsyncSession, principal: Principal, person_id: UUID) -> Participant:
    """As `get_visible`, and what is told of them stays true until the transaction ends: to enrol them.

    The row is locked against changes: an event of intake in the same instant either came before, and is seen here, or
    waits in `hold_participants`, and finds the enrolment that was made. The row is the first thing either side locks
    of a person, so that neither waits for the other with something in hand.
    Raises ParticipantNotFoundError.
    """
    found = await repository.find_visible(session, principal, person_id, hold=True)
    if found is None:
        raise ParticipantNotFoundError(field="person_id")
    return found


async def open_flag_levels(session: AsyncSession, person_id: UUID, as_of: date) -> frozenset[str]:
    """Levels of the risk flags open on that day."""
    return await repository.flag_levels(session, person_id, as_of)


async def check_eligible(
    session: AsyncSession,
    participant: Participant,
    rules: EligibilityRules,
    as_of: date,
    *,
    override_reason: str | None,
    continues: bool,
) -> Eligibility:
    """Judge a participant as of a day (domain.md 3).

    Raises NotEligibleError or OverrideReasonUnknownError.
    """
    levels = await repository.flag_levels(session, participant.person_id, as_of)
    standing = replace(_standing(participant), flag_levels=levels)
    return admit_or_refuse(standing, rules, as_of, override_reason=override_reason, continues=continues)


def check_not_departed(participant: Participant, rules: EligibilityRules, as_of: date) -> None:
    """What is asked of a referral already. Raises NotEligibleError."""
    refuse_departed(_standing(participant), rules, as_of)


def left_after(participant: Participant, day: date) -> date | None:
    """The day a participant was released whose enrolment counts from an earlier one, and is told only now."""
    return released_after(_standing(participant), day)


def _standing(participant: Participant) -> Standing:
    return Standing(
        legal_status=participant.legal_status,
        custody_state=participant.custody_state,
        admitted_on=participant.admitted_on,
        released_on=participant.released_on,
        expected_release_on=participant.expected_release_on,
        parole_eligible_on=participant.parole_eligible_on,
    )


async def page_eligible(
    session: AsyncSession,
    principal: Principal,
    search: Search,
    excluding: Select[UUID],
    limit: int,
    after: tuple[date, UUID] | None,
) -> Sequence[Candidate]:
    """Up to `limit + 1` candidates after a position, soonest to leave first."""
    rows = await repository.page_eligible(session, principal, search, excluding, limit, after)
    months = search.rules.priority_below_months
    before = add_months(search.as_of, months) if months is not None else search.as_of
    return [
        Candidate(row.person_id, row.leaves_on, row.expected_release_on, row.parole_eligible_on, row.leaves_on < before)
        for row in rows
    ]


async def hold_participants(session: AsyncSession, person_ids: Collection[UUID]) -> Known:
    """Those of these persons who are known, locked until the transaction ends; for consumers."""
    return await hold(session, Participant, person_ids)


async def keep_participants(session: AsyncSession, known: Known) -> None:
    """Write what became of them."""
    await put(session, known.values())


def place(
    known: Known, person_id: UUID, at: datetime, *, episode_id: UUID, facility: str | None, custody_state: str
) -> bool:
    """Keep where a person is; an account of an earlier moment than the one known changes nothing.

    Returns whether it is the latest. Backdated movements are normal (architecture.md, "Two times").
    """
    participant = _get_or_add(known, person_id)
    if participant.placed_at is not None and at < participant.placed_at:
        return False
    participant.placed_at = at
    participant.episode_id = episode_id
    participant.custody_state = custody_state
    participant.facility = facility or participant.facility
    return True


def begin_episode(known: Known, person_id: UUID, at: datetime, legal_status: str) -> None:
    """An admission starts anew: dates of an earlier sentence no longer count. Call after `place`."""
    participant = _get_or_add(known, person_id)
    participant.admitted_on = day_of(at)
    participant.released_on = None
    participant.expected_release_on = None
    participant.parole_eligible_on = None
    participant.legal_status = legal_status


def keep_legal_status(known: Known, person_id: UUID, episode_id: UUID, legal_status: str) -> None:
    """The legal status custody states last."""
    participant = _get_or_add(known, person_id)
    if participant.episode_id in (None, episode_id):
        participant.legal_status = legal_status


def keep_dates(
    known: Known, person_id: UUID, episode_id: UUID, release_on: date | None, parole_on: date | None
) -> None:
    """The computed dates of the present episode; those of an earlier one are ignored."""
    participant = _get_or_add(known, person_id)
    if participant.episode_id in (None, episode_id):
        participant.expected_release_on = release_on
        participant.parole_eligible_on = parole_on


def keep_release(known: Known, person_id: UUID, episode_id: UUID, released_on: date) -> None:
    """The day custody ended, when it is the present episode that ended."""
    participant = _get_or_add(known, person_id)
    if participant.episode_id == episode_id:
        participant.released_on = released_on


def keep_death(known: Known, person_id: UUID, at: datetime) -> None:
    """Death is final, whatever movement is told later."""
    participant = _get_or_add(known, person_id)
    participant.custody_state = "DECEASED"
    participant.placed_at = at


async def open_flag(session: AsyncSession, flag_id: UUID, person_id: UUID, level: str, at: datetime) -> None:
    """A flag was raised; one that is known already (its change came first) keeps what is known."""
    if await repository.find_flag(session, flag_id) is None:
        session.add(PersonFlag(flag_id=flag_id, person_id=person_id, level=level, opened_on=day_of(at)))


async def change_flag(
    session: AsyncSession, flag_id: UUID, person_id: UUID, level: str, at: datetime, *, closed: bool
) -> None:
    """A flag changed level or was closed."""
    flag = await repository.find_flag(session, flag_id)
    if flag is None:
        flag = PersonFlag(flag_id=flag_id, person_id=person_id, level=level, opened_on=day_of(at))
        session.add(flag)
    flag.level = level
    flag.closed_on = day_of(at) if closed else None


def _get_or_add(known: Known, person_id: UUID) -> Participant:
    if person_id not in known:
        known[person_id] = Participant(person_id=person_id)
    return known[person_id]
