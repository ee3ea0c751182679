"""Statements of attainment: on request, and by themselves when a training is cut short."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from inzira_contracts.event import Event
from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit, emit_many
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_tvet.attainment.domain import Cause, check_attained
from inzira_tvet.attainment.events import attainment_stated
from inzira_tvet.attainment.models import AttainmentStatement
from inzira_tvet.attainment.repository import statements_of
from inzira_tvet.progress import service as progress
from inzira_tvet.training import service as trainings
from inzira_tvet.training.service import Action, State, Training

__all__ = ["AttainmentStatement", "cut_short", "state_attainment", "statements_of"]

CAUSES: Mapping[Action, Cause] = {Action.TRANSFER_OUT: Cause.TRANSFER, Action.RELEASE: Cause.RELEASE}


async def state_attainment(
    session: AsyncSession, principal: Principal, clock: Clock, training_id: UUID, issued_on: date
) -> AttainmentStatement:
    """Issue a statement on request. Raises TrainingNotFoundError, FutureFactError or NothingAttainedError."""
    training = await trainings.get_training(session, principal, training_id, lock=True)
    trainings.check_not_future(issued_on, clock.today(), "issued_on")
    modules = await progress.completed_of(session, training)
    check_attained(modules)
    row = _statement(session, training, modules, Cause.REQUEST, issued_on, clock, principal.sub)
    await session.flush()
    await emit(session, attainment_stated(row))
    return row


async def cut_short(
    session: AsyncSession,
    clock: Clock,
    person_id: UUID,
    action: Action,
    *,
    on: date,
    by: str,
    arrived_at: str | None = None,
) -> None:
    """End every training of a person that a transfer, release or death ends, each with what was attained.

    A training held at the facility the person `arrived_at` goes on. What is complete stays so, but for death.
    """
    states = [state for state in State if trainings.allows(state, action)]
    held = await trainings.lock_trainings_of(session, person_id, states)
    events: list[Event] = []
    for training in held:
        if training.facility == arrived_at:
            continue
        modules = await progress.completed_of(session, training)
        events.append(trainings.move(session, training, action, on=on, clock=clock, by=by))
        if modules and action in CAUSES:
            row = _statement(session, training, modules, CAUSES[action], training.state_on, clock, by)
            events.append(attainment_stated(row))
    await session.flush()
    await emit_many(session, events)


def _statement(
    session: AsyncSession,
    training: Training,
    modules: list[str],
    cause: Cause,
    issued_on: date,
    clock: Clock,
    by: str,
) -> AttainmentStatement:
    """Add a statement of these modules."""
    row = AttainmentStatement(
        id=new_id(),
        training_id=training.id,
        person_id=training.person_id,
        programme_code=training.programme_code,
        programme_version=training.programme_version,
        modules=modules,
        cause=cause.value,
        issued_on=issued_on,
        recorded_at=clock.now(),
        recorded_by=by,
    )
    session.add(row)
    return row
