"""Trades and programmes on the wire."""

from datetime import date

from inzira_platform.http import Schema
from pydantic import Field

from inzira_tvet.programme.domain import ModuleKind


class TradeRead(Schema):
    code: str
    name: dict[str, str] = Field(description="by language: en, fr, rw")


class TradeList(Schema):
    items: list[TradeRead]


class OutcomeRead(Schema):
    code: str
    title: str


class ModuleRead(Schema):
    code: str
    kind: ModuleKind
    hours: int
    title: str
    outcomes: list[OutcomeRead]


class RulesRead(Schema):
    """The rule set in plain figures; days and percent."""

    id: str
    version: int
    valid_from: date
    module_reassessments: int
    module_days_between: int
    integrated_reassessments: int
    integrated_days_between: int
    min_attendance_percent: int
    assessor_differs_from_instructor: bool
    verifier_differs_from_assessor: bool


class ProgrammeSummary(Schema):
    code: str
    version: int
    valid_from: date
    trade: str
    rtqf_level: int
    certificate: str
    name: dict[str, str] = Field(description="by language: en, fr, rw")
    hours: int
    modules_total: int


class ProgrammeRead(ProgrammeSummary):
    entry: str
    rules: RulesRead
    modules: list[ModuleRead]


class ProgrammeList(Schema):
    items: list[ProgrammeSummary]
