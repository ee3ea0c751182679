"""One training over HTTP."""

from collections import defaultdict
from uuid import UUID

from fastapi import APIRouter, Response
from inzira_platform.deps import PrincipalDep, SessionDep, declared
from inzira_platform.http import etag

from inzira_tvet.assessment.service import Result
from inzira_tvet.training.service import programme_of
from inzira_tvet.transcript import service
from inzira_tvet.transcript.schemas import (
    AttendanceRead,
    AwardRead,
    ChangeRead,
    IntegratedRead,
    ModuleProgress,
    NeedRead,
    SittingRead,
    StatementRead,
    TrainingRead,
)

router = APIRouter(tags=["training"])


@router.get("/v1/tvet/trainings/{training_id}", **declared("training:read"))
async def read_training(
    training_id: UUID, session: SessionDep, principal: PrincipalDep, response: Response
) -> TrainingRead:
    """One training: progress module by module, attendance share, and what is still needed for the award."""
    transcript = await service.read_transcript(session, principal, training_id)
    response.headers["ETag"] = etag(transcript.training.version)
    return _read(transcript)


def _read(transcript: service.Transcript) -> TrainingRead:
    return TrainingRead(
        **transcript.training.model_dump(include=set(TrainingRead.model_fields)),
        hours=programme_of(transcript.training).hours,
        attendance=_attendance(transcript),
        modules=_modules(transcript),
        integrated=_integrated(transcript),
        is_complete=not transcript.unmet,
        still_needed=_needs(transcript),
        changes=[ChangeRead.model_validate(change) for change in transcript.changes],
        statements=[StatementRead.model_validate(statement) for statement in transcript.statements],
        award=AwardRead.model_validate(transcript.award) if transcript.award else None,
    )


def _attendance(transcript: service.Transcript) -> AttendanceRead:
    attendance = transcript.standing.attendance
    return AttendanceRead(
        present=attendance.present,
        marked=attendance.marked,
        share=attendance.share,
        percent_needed=transcript.needed.min_attendance_percent,
    )


def _modules(transcript: service.Transcript) -> list[ModuleProgress]:
    """Every module of the programme in teaching order, assessed or not."""
    sittings: defaultdict[str, list[SittingRead]] = defaultdict(list)
    for row in transcript.modules:
        taken = sittings[row.module_code]
        taken.append(
            SittingRead(
                id=row.id,
                attempt=len(taken) + 1,
                assessed_on=row.assessed_on,
                assessor=row.assessor,
                outcomes={code: Result(result) for code, result in row.outcomes.items()},
                result=Result(row.result),
            )
        )
    return [
        ModuleProgress(
            code=module.code,
            title=module.title,
            result=sittings[module.code][-1].result if sittings[module.code] else None,
            is_credited=module.code in transcript.standing.credited,
            sittings=sittings[module.code],
        )
        for module in programme_of(transcript.training).modules
    ]


def _integrated(transcript: service.Transcript) -> list[IntegratedRead]:
    return [
        IntegratedRead(
            id=row.id,
            attempt=attempt,
            assessed_on=row.assessed_on,
            assessor=row.assessor,
            result=Result(row.result),
        )
        for attempt, row in enumerate(transcript.integrated, start=1)
    ]


def _needs(transcript: service.Transcript) -> list[NeedRead]:
    return [
        NeedRead(
            code=unmet.reason.value,
            message=unmet.words,
            modules=list(unmet.modules),
            figures=dict(unmet.figures),
        )
        for unmet in transcript.unmet
    ]
