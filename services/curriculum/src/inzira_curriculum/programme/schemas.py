"""Programme templates on the wire."""

from datetime import date

from inzira_platform.http import Schema

from inzira_curriculum.template import PostTest, Setting


class SessionRead(Schema):
    code: str
    title: str
    mandatory: bool


class ModuleRead(Schema):
    code: str
    name: dict[str, str]
    sessions_needed: int
    sessions: list[SessionRead]


class EligibilityRead(Schema):
    legal_statuses: list[str]
    minimum_months: int | None
    maximum_months: int | None
    priority_below_months: int | None
    blocking_flag_levels: list[str]
    override_reasons: list[str]


class CompletionRead(Schema):
    minimum_sessions: int
    mandatory_sessions: bool
    post_test: PostTest
    maximum_make_ups: int


class TestRead(Schema):
    items: int
    pass_score: int
    pass_gain: int
    resits: int


class GroupRead(Schema):
    minimum: int
    target: int
    maximum: int


class ProgrammeSummary(Schema):
    code: str
    version: int
    valid_from: date
    valid_to: date | None
    setting: Setting
    name: dict[str, str]
    sessions_total: int
    session_minutes: int


class ProgrammeRead(ProgrammeSummary):
    sessions_per_week: int
    group: GroupRead
    eligibility: EligibilityRead
    edit_window_hours: int
    attendance_codes: dict[str, str]
    completion: CompletionRead
    test: TestRead | None
    certificate_title: dict[str, str]
    modules: list[ModuleRead]


class ProgrammeList(Schema):
    items: list[ProgrammeSummary]
