"""Keeping attendance: the same mark again changes nothing, a differing one supersedes and never overwrites.

The caller has loaded and locked the trainings; what a mark leads to is decided in `progress`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inzira_contracts.tvet import TrainingAttended
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_tvet.attendance.domain import NotInClassError, Step, check_once, step_of
from inzira_tvet.attendance.events import training_attended
from inzira_tvet.attendance.models import AttendanceMark
from inzira_tvet.attendance.repository import count_days, marks_of_day
from inzira_tvet.journal import superseding

__all__ = ["DayTaken", "NotInClassError", "check_once", "count_days", "mark_day"]


@dataclass(frozen=True)
class DayTaken:
    """What one call did: how many marks were first, corrected or known already, and the events to emit last."""

    recorded: int
    corrected: int
    unchanged: int
    events: tuple[TrainingAttended, ...]


async def mark_day(
    session: AsyncSession,
    clock: Clock,
    by: str,
    held_on: date,
    persons: Mapping[UUID, UUID],
    marks: Mapping[UUID, bool],
) -> DayTaken:
    """Write the marks of one day. `persons` maps a training to its person, `marks` a training to presence."""
    known = await marks_of_day(session, marks.keys(), held_on)
    steps = {tid: step_of(_presence(known.get(tid)), present) for tid, present in marks.items()}
    for training_id, step in steps.items():
        if step is Step.CORRECTION:
            known[training_id].is_current = False
    # corrected rows leave the unique index before the new ones enter it
    await session.flush()
    fresh = [
        AttendanceMark(
            id=new_id(),
            training_id=training_id,
            person_id=persons[training_id],
            held_on=held_on,
            present=marks[training_id],
            supersedes_id=known[training_id].id if step is Step.CORRECTION else None,
            recorded_at=clock.now(),
            recorded_by=by,
        )
        for training_id, step in steps.items()
        if step is not Step.SAME
    ]
    session.add_all(fresh)
    await session.flush()
    counts = list(steps.values())
    return DayTaken(
        recorded=counts.count(Step.FIRST),
        corrected=counts.count(Step.CORRECTION),
        unchanged=counts.count(Step.SAME),
        events=tuple([await _event(session, row) for row in fresh]),
    )


async def _event(session: AsyncSession, row: AttendanceMark) -> TrainingAttended:
    """The event of a mark; that of a correction names the event it corrects."""
    event = training_attended(row)
    if row.supersedes_id is None:
        return event
    return await superseding(session, event, event, "training_id", "held_on")


def _presence(row: AttendanceMark | None) -> bool | None:
    """What a mark says, None without one."""
    return None if row is None else row.present
