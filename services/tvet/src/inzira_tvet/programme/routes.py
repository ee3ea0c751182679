"""The catalogue over HTTP: no person is in it, so no access is recorded."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from inzira_platform.deps import ClockDep, declared
from inzira_platform.http import Code

from inzira_tvet.programme import service
from inzira_tvet.programme.domain import Module, Programme, RuleSet
from inzira_tvet.programme.schemas import (
    ModuleRead,
    OutcomeRead,
    ProgrammeList,
    ProgrammeRead,
    ProgrammeSummary,
    RulesRead,
    TradeList,
    TradeRead,
)

router = APIRouter(tags=["programme"])

ProgrammeCode = Annotated[str, Path(pattern=r"^[A-Z0-9_-]{1,32}$")]


@router.get("/v1/tvet/trades", **declared("programme:read"))
async def list_trades() -> TradeList:
    """The trades taught in the facilities."""
    return TradeList(items=[TradeRead(code=t.code, name=dict(t.names)) for t in service.list_trades()])


@router.get("/v1/tvet/programmes", **declared("programme:read"))
async def list_programmes(clock: ClockDep, trade: Annotated[Code | None, Query()] = None) -> ProgrammeList:
    """The programmes in force today, by code; of one trade when given."""
    found = service.list_programmes(clock.today(), trade=trade)
    return ProgrammeList(items=[ProgrammeSummary(**_summary(one)) for one in found])


@router.get("/v1/tvet/programmes/{code}", **declared("programme:read"))
async def read_programme(
    code: ProgrammeCode, clock: ClockDep, version: Annotated[int | None, Query(ge=1, le=10_000)] = None
) -> ProgrammeRead:
    """One programme with its modules, outcomes and rules; the version in force unless one is named."""
    programme = service.get_programme(code, clock.today(), version)
    return ProgrammeRead(
        **_summary(programme),
        entry=programme.entry,
        rules=_rules(programme.rules),
        modules=[_module(module) for module in programme.modules],
    )


def _summary(programme: Programme) -> dict[str, Any]:
    return {
        "code": programme.code,
        "version": programme.version,
        "valid_from": programme.valid_from,
        "trade": programme.trade,
        "rtqf_level": programme.rtqf_level,
        "certificate": programme.certificate,
        "name": dict(programme.names),
        "hours": programme.hours,
        "modules_total": len(programme.modules),
    }


def _rules(rules: RuleSet) -> RulesRead:
    return RulesRead(
        id=rules.id,
        version=rules.version,
        valid_from=rules.valid_from,
        module_reassessments=rules.module.max_reassessments,
        module_days_between=rules.module.min_days_between,
        integrated_reassessments=rules.integrated.max_reassessments,
        integrated_days_between=rules.integrated.min_days_between,
        min_attendance_percent=rules.min_attendance_percent,
        assessor_differs_from_instructor=rules.assessor_differs_from_instructor,
        verifier_differs_from_assessor=rules.verifier_differs_from_assessor,
    )


def _module(module: Module) -> ModuleRead:
    return ModuleRead(
        code=module.code,
        kind=module.kind,
        hours=module.hours,
        title=module.title,
        outcomes=[OutcomeRead(code=code, title=title) for code, title in module.outcomes.items()],
    )
