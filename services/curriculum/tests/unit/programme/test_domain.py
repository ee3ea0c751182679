"""Templates: the shipped one says what domain.md 3 says, others fit the same engine, unsound ones are
refused.
"""

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from inzira_curriculum.programme.domain import (
    ProgrammeNotFoundError,
    TemplateInvalidError,
    refuse_overlap,
    valid_version,
)
from inzira_curriculum.programme.repository import RULESETS, load, parse
from inzira_curriculum.template import ModuleShare, PostTest
from pydantic import ValidationError

OTHERS = Path(__file__).parent / "templates"
CORRECTIONAL = yaml.safe_load((RULESETS / "correctional-v1.yaml").read_text(encoding="utf-8"))


def changed(**changes: object) -> dict[str, Any]:
    return {**deepcopy(CORRECTIONAL), **changes}


def test_the_curriculum_has_8_modules_and_48_sessions() -> None:
    programme = parse(CORRECTIONAL)
    assert [len(module.sessions) for module in programme.modules] == [8, 6, 5, 6, 5, 6, 6, 6]
    assert programme.session_codes[0] == "M1-S1"
    assert programme.session_codes[-1] == "M8-S6"
    assert programme.session_minutes == 100


def test_the_mandatory_sessions_are_the_starred_ones() -> None:
    mandatory = [session.code for session in parse(CORRECTIONAL).sessions if session.mandatory]
    assert mandatory == ["M1-S5", "M1-S8", "M4-S4", "M5-S2", *(f"M8-S{n}" for n in range(1, 7))]


def test_the_curriculum_carries_the_rules_of_the_field() -> None:
    programme = parse(CORRECTIONAL)
    rules = programme.completion
    assert (rules.minimum_sessions, rules.maximum_make_ups, rules.post_test) == (39, 8, PostTest.TAKEN)
    assert rules.minimum_sessions == -(-len(programme.sessions) * 80 // 100)
    assert [rules.per_module.needed(len(module.sessions)) for module in programme.modules] == [
        5,
        4,
        3,
        4,
        3,
        4,
        4,
        4,
    ]
    assert (programme.eligibility.minimum_months, programme.eligibility.maximum_months) == (6, 36)
    assert programme.edit_window_hours == 72


@pytest.mark.parametrize("name", ["sociotherapy", "rot", "mfhs"])
def test_community_programmes_are_templates_of_the_same_engine(name: str) -> None:
    programmes = {programme.code.lower(): programme for programme in load(OTHERS)}
    assert {"sociotherapy": 15, "rot": 12, "mfhs": 14}[name] == len(programmes[name].sessions)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"valid_to": date(2000, 1, 1)}, "valid_to lies before"),
        ({"group": {"minimum": 30, "target": 20, "maximum": 10}}, "minimum <= target"),
        ({"late_join_until_session": 99}, "not a session number"),
        ({"eligibility": {}}, "legal statuses"),
        (
            {
                "eligibility": {
                    **CORRECTIONAL["eligibility"],
                    "months_to_release": {"minimum": 9, "maximum": 3},
                }
            },
            "months_to_release",
        ),
        ({"completion": {**CORRECTIONAL["completion"], "minimum_sessions": 49}}, "between 1 and 48"),
        ({"completion": {**CORRECTIONAL["completion"], "maximum_make_ups": 60}}, "maximum_make_ups"),
        ({"completion": {**CORRECTIONAL["completion"], "per_module": {}}}, "either minimum_percent"),
        ({"test": None}, "needs the test's rules"),
        ({"attendance": {"edit_window_hours": 72, "codes": {"P": "present"}}}, "exactly P, L, E, U and M"),
        (
            {"certificate": {"title": {"en": "Prison diploma"}, "forbidden_words": ["prison"]}},
            "contains prison",
        ),
        ({"certificate": {"title": {"fr": "Certificat"}, "forbidden_words": ["x"]}}, "English title"),
        ({"certificate": {"title": {"en": "Certificate"}}}, "must not contain"),
        ({"modules": []}, "every programme has modules"),
        ({"modules": [CORRECTIONAL["modules"][0], CORRECTIONAL["modules"][0]]}, "is used 2 times"),
        (
            {"modules": [{"code": "m 1", "name": {"en": "x"}, "sessions": [{"code": "S1", "title": "x"}]}]},
            "not upper-case",
        ),
    ],
)
def test_an_unsound_template_is_refused_with_its_problem(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(TemplateInvalidError, match=problem):
        parse(changed(**changes))


def test_every_problem_of_a_template_is_told_at_once() -> None:
    with pytest.raises(TemplateInvalidError) as refused:
        parse(changed(test=None, late_join_until_session=99))
    assert len(refused.value.problems) == 2


def test_a_misspelt_key_is_refused() -> None:
    with pytest.raises(ValidationError):
        parse(changed(minimum_sesions=3))


def test_no_certificate_title_tells_of_custody() -> None:
    for title in parse(CORRECTIONAL).certificate.title.values():
        lowered = title.casefold()
        assert not any(word in lowered for word in ("prison", "custod", "correction", "inmate", "détenu"))


def test_two_files_may_not_claim_one_version() -> None:
    with pytest.raises(TemplateInvalidError, match="another file"):
        refuse_overlap([parse(CORRECTIONAL), parse(CORRECTIONAL)])


def test_the_newest_version_valid_on_the_day_is_taken() -> None:
    first = parse(changed(valid_to=date(2025, 12, 31)))
    second = parse(changed(version=2, valid_from=date(2025, 6, 1)))
    assert valid_version([first, second], "CORRECTIONAL", date(2025, 1, 1)).version == 1
    assert valid_version([first, second], "CORRECTIONAL", date(2025, 7, 1)).version == 2
    assert valid_version([first, second], "CORRECTIONAL", date(2025, 7, 1), version=1).version == 1


@pytest.mark.parametrize(
    ("code", "day", "version"),
    [
        ("X", date(2025, 1, 1), None),
        ("CORRECTIONAL", date(2020, 1, 1), None),
        ("CORRECTIONAL", date(2025, 1, 1), 7),
    ],
)
def test_a_programme_not_valid_then_is_not_found(code: str, day: date, version: int | None) -> None:
    with pytest.raises(ProgrammeNotFoundError):
        valid_version([parse(CORRECTIONAL)], code, day, version)


def test_a_count_larger_than_the_module_asks_for_all_of_it() -> None:
    assert ModuleShare(None, 4).needed(3) == 3
    assert ModuleShare(60, None).needed(5) == 3
