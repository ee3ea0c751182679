"""Reading one training whole: everything its readers need to decide what comes next, in one access record."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from inzira_platform.auth import Principal
from inzira_platform.outbox import record_access
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_tvet.assessment import service as assessments
from inzira_tvet.attainment import service as attainment
from inzira_tvet.award import service as awards
from inzira_tvet.progress import service as progress
from inzira_tvet.training import service as trainings


@dataclass(frozen=True)
class Transcript:
    """A training with everything recorded in it, and what is still needed."""

    training: trainings.Training
    standing: progress.Standing
    needed: progress.Requirements
    unmet: Sequence[progress.Unmet]
    modules: Sequence[assessments.ModuleAssessment]
    integrated: Sequence[assessments.IntegratedAssessment]
    changes: Sequence[trainings.TrainingChange]
    statements: Sequence[attainment.AttainmentStatement]
    award: awards.Award | None


async def read_transcript(session: AsyncSession, principal: Principal, training_id: UUID) -> Transcript:
    """One training in the principal's reach; leaves an access record. Raises TrainingNotFoundError."""
    training = await trainings.get_training(session, principal, training_id)
    standing = await progress.standing_of(session, training)
    needed = progress.requirements_of(training)
    transcript = Transcript(
        training=training,
        standing=standing,
        needed=needed,
        unmet=progress.unmet_requirements(needed, standing),
        modules=await assessments.module_sittings(session, [training_id]),
        integrated=await assessments.integrated_sittings(session, [training_id]),
        changes=await trainings.changes_of(session, training_id),
        statements=await attainment.statements_of(session, training_id),
        award=await awards.find_award(session, training_id),
    )
    await record_access(session, principal, "read_training", [training.person_id])
    return transcript
