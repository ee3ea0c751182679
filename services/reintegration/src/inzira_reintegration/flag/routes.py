"""HTTP door of flags."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from inzira_platform.deps import ClockDep, OnceDep, PrincipalDep, SessionDep, declared

from inzira_reintegration.flag import service
from inzira_reintegration.flag.models import Flag
from inzira_reintegration.flag.schemas import FlagChangeCreate, FlagCreate, FlagList, FlagRead, FlagWritten

router = APIRouter(tags=["flag"])


@router.post(
    "/v1/reintegration/cases/{case_id}/flags",
    status_code=201,
    response_model=FlagWritten,
    **declared("flag:raise"),
)
async def raise_flag(
    case_id: UUID, body: FlagCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Raise a flag: RED act now, AMBER within a day, YELLOW by the next working day."""
    row = await service.raise_flag(
        session,
        principal,
        clock,
        case_id,
        level=body.level,
        domain_code=body.domain_code,
        reason_code=body.reason_code,
        raised_at=body.raised_at,
    )
    return await once.remember(201, _written(row))


@router.post(
    "/v1/reintegration/flags/{flag_id}/changes",
    status_code=201,
    response_model=FlagWritten,
    **declared("flag:manage"),
)
async def change_flag(
    flag_id: UUID, body: FlagChangeCreate, session: SessionDep, principal: PrincipalDep, clock: ClockDep, once: OnceDep
) -> JSONResponse:
    """Acknowledge, act, resolve or dismiss; a RED flag is acknowledged by a supervisor."""
    row = await service.change_flag(
        session,
        principal,
        clock,
        flag_id,
        to_state=body.to_state,
        action_code=body.action_code,
        outcome_code=body.outcome_code,
        occurred_at=body.occurred_at,
    )
    return await once.remember(201, _written(row))


@router.get("/v1/reintegration/cases/{case_id}/flags", **declared("visit:record"))
async def list_flags(case_id: UUID, session: SessionDep, principal: PrincipalDep) -> FlagList:
    """Flags of a case, for those who follow the person."""
    rows = await service.read_flags(session, principal, case_id)
    return FlagList(items=[FlagRead.model_validate(row) for row in rows])


def _written(row: Flag) -> FlagWritten:
    return FlagWritten(
        id=row.id, version=row.version, case_id=row.case_id, state=row.state, clock_due_at=row.clock_due_at
    )
