"""Granting an award: recording RTB's certificate once everything it stands for is met."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inzira_contracts.event import Event
from inzira_platform.auth import Principal
from inzira_platform.clock import Clock
from inzira_platform.ids import new_id
from inzira_platform.outbox import emit_many
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_tvet.assessment import service as assessments
from inzira_tvet.award.domain import check_award_day, check_due
from inzira_tvet.award.events import award_granted
from inzira_tvet.award.models import Award
from inzira_tvet.award.repository import add_award, find_award
from inzira_tvet.progress import service as progress
from inzira_tvet.training import service as trainings
from inzira_tvet.training.service import Action, State, Training

__all__ = ["Award", "Certificate", "find_award", "grant_award"]


@dataclass(frozen=True)
class Certificate:
    """What the paper says, and who verified the assessment inside."""

    rtb_number: str
    awarded_on: date
    verifier: str


async def grant_award(
    session: AsyncSession, principal: Principal, clock: Clock, training_id: UUID, paper: Certificate
) -> tuple[Award, Training]:
    """Record the award of a completed training.

    Raises TrainingNotFoundError, FutureFactError, AwardedError, AwardNotDueError (with every unmet reason),
    AwardBeforeAssessmentError, IllegalTransitionError for a training cut short, or AwardNumberTakenError.
    """
    training = await trainings.get_training(session, principal, training_id, lock=True)
    trainings.check_not_future(paper.awarded_on, clock.today(), "awarded_on")
    if training.state == State.AWARDED:
        raise trainings.AwardedError
    standing = await progress.standing_of(session, training)
    needed = progress.requirements_of(training)
    unmet = progress.unmet_for_award(needed, standing, paper.verifier)
    check_due([one.reason.value for one in unmet])
    sittings = await assessments.integrated_sittings(session, [training.id])
    check_award_day(paper.awarded_on, sittings[-1].assessed_on)
    moved = trainings.move(session, training, Action.AWARD, on=paper.awarded_on, clock=clock, by=principal.sub)
    row = _award(training, paper, clock, principal.sub)
    await add_award(session, row)
    events: list[Event] = [moved, award_granted(row)]
    await emit_many(session, events)
    return row, training


def _award(training: Training, paper: Certificate, clock: Clock, by: str) -> Award:
    """The award as it is kept: trade, level and certificate, never a place."""
    return Award(
        id=new_id(),
        training_id=training.id,
        person_id=training.person_id,
        programme_code=training.programme_code,
        programme_version=training.programme_version,
        trade=training.trade,
        rtqf_level=training.rtqf_level,
        certificate=trainings.programme_of(training).certificate,
        rtb_number=paper.rtb_number,
        awarded_on=paper.awarded_on,
        verifier=paper.verifier,
        recorded_at=clock.now(),
        recorded_by=by,
    )
