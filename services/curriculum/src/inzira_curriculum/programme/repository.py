"""Reads templates from YAML files: their shape is checked here, their sense in the domain."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from inzira_curriculum.programme.domain import refuse_overlap, validate
from inzira_curriculum.template import (
    CertificateRules,
    CompletionRules,
    EligibilityRules,
    GroupSize,
    Module,
    ModuleShare,
    PostTest,
    Programme,
    Session,
    Setting,
    TestRules,
)

RULESETS = Path(__file__).parent.parent / "rulesets"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Session(_File):
    code: str
    title: str = Field(min_length=1, max_length=200)
    mandatory: bool = False


class _Module(_File):
    code: str
    name: dict[str, str]
    sessions: list[_Session]


class _Months(_File):
    minimum: int = Field(ge=0)
    maximum: int = Field(le=600)


class _Eligibility(_File):
    legal_statuses: list[str] = []
    months_to_release: _Months | None = None
    priority_below_months: int | None = Field(None, ge=0)
    blocking_flag_levels: list[str] = []
    override_reasons: list[str] = []


class _Attendance(_File):
    edit_window_hours: int = Field(ge=1, le=720)
    codes: dict[str, str]


class _PerModule(_File):
    minimum_percent: int | None = Field(None, ge=0, le=100)
    minimum_count: int | None = Field(None, ge=0)


class _Completion(_File):
    minimum_sessions: int
    per_module: _PerModule
    mandatory_sessions: bool = True
    post_test: PostTest
    maximum_make_ups: int
    blocking_flag_levels: list[str] = []
    at_risk_absences_left: int = Field(2, ge=0)


class _Test(_File):
    items: int = Field(ge=1)
    pass_score: int = Field(ge=0, le=100)
    pass_gain: int = Field(ge=0, le=100)
    resits: int = Field(ge=0, le=5)


class _Group(_File):
    minimum: int
    target: int
    maximum: int


class _Credits(_File):
    travel_from: list[str] = []


class _Certificate(_File):
    title: dict[str, str]
    forbidden_words: list[str] = []


class TemplateFile(_File):
    """One YAML file, exactly as its author writes it."""

    code: str
    version: int = Field(ge=1)
    valid_from: date
    valid_to: date | None = None
    setting: Setting
    name: dict[str, str]
    session_minutes: int = Field(ge=1, le=480)
    sessions_per_week: int = Field(ge=1, le=14)
    group: _Group
    late_join_until_session: int | None = None
    eligibility: _Eligibility
    attendance: _Attendance
    completion: _Completion
    test: _Test | None = None
    credits: _Credits = _Credits()
    certificate: _Certificate
    modules: list[_Module]


def load(directory: Path = RULESETS) -> tuple[Programme, ...]:
    """Every template of `directory`, sound and without overlap, by code and version.

    Raises pydantic.ValidationError for a file of the wrong shape, TemplateInvalidError for one that breaks a
    rule.
    """
    found = [parse(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in sorted(directory.glob("*.yaml"))]
    refuse_overlap(found)
    return tuple(sorted(found, key=lambda programme: (programme.code, programme.version)))


def parse(content: Mapping[str, Any]) -> Programme:
    """A validated template from the content of one file."""
    file = TemplateFile.model_validate(content)
    return validate(
        Programme(
            code=file.code,
            version=file.version,
            valid_from=file.valid_from,
            valid_to=file.valid_to,
            setting=file.setting,
            name=file.name,
            session_minutes=file.session_minutes,
            sessions_per_week=file.sessions_per_week,
            group=GroupSize(**file.group.model_dump()),
            late_join_until_session=file.late_join_until_session,
            eligibility=_eligibility(file.eligibility),
            edit_window_hours=file.attendance.edit_window_hours,
            attendance_codes=file.attendance.codes,
            completion=_completion(file.completion),
            test=TestRules(**file.test.model_dump()) if file.test else None,
            credits_travel_from=frozenset(file.credits.travel_from),
            certificate=CertificateRules(file.certificate.title, tuple(file.certificate.forbidden_words)),
            modules=tuple(_module(module) for module in file.modules),
        )
    )


def _module(module: _Module) -> Module:
    return Module(module.code, module.name, tuple(Session(**session.model_dump()) for session in module.sessions))


def _eligibility(rules: _Eligibility) -> EligibilityRules:
    months = rules.months_to_release
    return EligibilityRules(
        legal_statuses=frozenset(rules.legal_statuses),
        minimum_months=months.minimum if months else None,
        maximum_months=months.maximum if months else None,
        priority_below_months=rules.priority_below_months,
        blocking_flag_levels=frozenset(rules.blocking_flag_levels),
        override_reasons=frozenset(rules.override_reasons),
    )


def _completion(rules: _Completion) -> CompletionRules:
    return CompletionRules(
        minimum_sessions=rules.minimum_sessions,
        per_module=ModuleShare(**rules.per_module.model_dump()),
        mandatory_sessions=rules.mandatory_sessions,
        post_test=rules.post_test,
        maximum_make_ups=rules.maximum_make_ups,
        blocking_flag_levels=frozenset(rules.blocking_flag_levels),
        at_risk_absences_left=rules.at_risk_absences_left,
    )
