"""The rule files say what domain.md 5 says."""

from datetime import date
from pathlib import Path

import pytest
from inzira_reintegration.rules import Offset, parse_offset
from inzira_reintegration.ruleset import assignment_rules, rules_on


def test_rules_on_a_day_before_any_rule_set_gives_the_oldest() -> None:
    assert rules_on(date(1999, 1, 1)).code == "follow-up-v1"
    assert rules_on(date(2026, 1, 1)).code == "follow-up-v1"


def test_standard_tier_is_the_schedule_of_the_field() -> None:
    visits = {visit.code: visit for visit in rules_on(date(2026, 1, 1)).tiers["STANDARD"]}
    assert list(visits) == ["D3", "D14", "D30", "D60", "D90", "M6", "M9", "M12", "M18", "M24"]
    windows = [visits[code].window_days for code in ("D3", "D14", "D30", "D60", "D90", "M6", "M12")]
    assert windows == [2, 5, 7, 10, 10, 15, 21]
    assert [code for code, visit in visits.items() if visit.review] == ["D90", "M6", "M12"]
    assert [code for code, visit in visits.items() if visit.optional] == ["M18", "M24"]


def test_high_tier_is_weekly_for_eight_weeks_and_low_tier_has_five_contacts() -> None:
    tiers = rules_on(date(2026, 1, 1)).tiers
    weekly = [visit.code for visit in tiers["HIGH"] if visit.code.startswith("W")]
    assert weekly[:8] == [f"W{week}" for week in range(1, 9)]
    assert [visit.code for visit in tiers["LOW"]] == ["D3", "D30", "D90", "M6", "M12"]


def test_offsets_read_months_and_days_and_refuse_the_rest() -> None:
    assert parse_offset("-12m") == Offset(months=-12)
    assert parse_offset("+3d") == Offset(days=3)
    assert Offset(months=1).from_day(date(2026, 1, 31)) == date(2026, 2, 28)
    with pytest.raises(ValueError, match="offset"):
        parse_offset("3 weeks")


def test_duty_queue_is_found_by_code_by_name_and_for_unknown_districts() -> None:
    rules = assignment_rules()
    assert rules.duty("24") == rules.duty("HUYE")
    assert rules.duty("24").org == "DIDE"
    assert rules.duty(None).org == rules.duty("NOWHERE").org == rules.default_org
    assert rules.is_duty(rules.duty("24").worker_id)
    assert not rules.is_duty(rules.follow_up("24").worker_id)


def test_a_site_gives_its_own_duty_queues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "assignment.yaml"
    file.write_text(
        "code: site\neffective_from: 2026-01-01\ndefault_org: PFR\ndistricts: {}\n"
        "organisations: {PFR: {duty_worker: acc-night, follow_up_worker: acc-day}}\n"
    )
    monkeypatch.setenv("REINTEGRATION_ASSIGNMENT_FILE", str(file))
    assignment_rules.cache_clear()
    try:
        assert assignment_rules().duty("24").worker_id == "acc-night"
    finally:
        assignment_rules.cache_clear()
