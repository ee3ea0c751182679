"""Programme templates over HTTP: no person is in them, so no access is recorded."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from inzira_platform.deps import declared

from inzira_curriculum.programme import service
from inzira_curriculum.programme.schemas import (
    CompletionRead,
    EligibilityRead,
    GroupRead,
    ModuleRead,
    ProgrammeList,
    ProgrammeRead,
    ProgrammeSummary,
    SessionRead,
    TestRead,
)
from inzira_curriculum.template import EligibilityRules, Module, Programme

router = APIRouter(tags=["programme"])

ProgrammeCode = Annotated[str, Path(pattern=r"^[A-Z0-9_-]{1,32}$")]


@router.get("/v1/curriculum/programmes", **declared("programme:read"))
async def list_programmes() -> ProgrammeList:
    """Every programme template, each version."""
    return ProgrammeList(items=[ProgrammeSummary(**_summary(one)) for one in service.list_programmes()])


@router.get("/v1/curriculum/programmes/{code}", **declared("programme:read"))
async def read_programme(
    code: ProgrammeCode, version: Annotated[int | None, Query(ge=1, le=10_000)] = None
) -> ProgrammeRead:
    """One programme with its modules, sessions and rules; the newest version unless one is named."""
    programme = service.get_newest(code) if version is None else service.get_version(code, version)
    return ProgrammeRead(
        **_summary(programme),
        sessions_per_week=programme.sessions_per_week,
        group=GroupRead.model_validate(programme.group),
        eligibility=_eligibility(programme.eligibility),
        edit_window_hours=programme.edit_window_hours,
        attendance_codes=dict(programme.attendance_codes),
        completion=CompletionRead.model_validate(programme.completion),
        test=TestRead.model_validate(programme.test) if programme.test else None,
        certificate_title=dict(programme.certificate.title),
        modules=[_module(programme, module) for module in programme.modules],
    )


def _summary(programme: Programme) -> dict[str, Any]:
    return {
        "code": programme.code,
        "version": programme.version,
        "valid_from": programme.valid_from,
        "valid_to": programme.valid_to,
        "setting": programme.setting,
        "name": dict(programme.name),
        "sessions_total": len(programme.sessions),
        "session_minutes": programme.session_minutes,
    }


def _eligibility(rules: EligibilityRules) -> EligibilityRead:
    return EligibilityRead(
        legal_statuses=sorted(rules.legal_statuses),
        minimum_months=rules.minimum_months,
        maximum_months=rules.maximum_months,
        priority_below_months=rules.priority_below_months,
        blocking_flag_levels=sorted(rules.blocking_flag_levels),
        override_reasons=sorted(rules.override_reasons),
    )


def _module(programme: Programme, module: Module) -> ModuleRead:
    return ModuleRead(
        code=module.code,
        name=dict(module.name),
        sessions_needed=programme.completion.per_module.needed(len(module.sessions)),
        sessions=[SessionRead.model_validate(session) for session in module.sessions],
    )
