"""The shipped catalogue, and the catalogues it refuses to be."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from inzira_tvet.programme.domain import CatalogueError, ModuleKind, creditable_modules
from inzira_tvet.programme.repository import build_catalogue, load_catalogue

Documents = list[dict[str, Any]]

RULES = {
    "kind": "rules",
    "id": "r1",
    "version": 1,
    "valid_from": date(2022, 1, 1),
    "module": {"max_reassessments": 2, "min_days_between": 5},
    "integrated": {"max_reassessments": 2, "min_days_between": 5, "assessor_differs_from_instructor": True},
    "award": {"min_attendance_percent": 80, "verifier_differs_from_assessor": True},
}
TRADES = {"kind": "trades", "version": 1, "trades": [{"code": "MASONRY", "names": {"en": "Masonry"}}]}


def _module(code: str, kind: str) -> dict[str, Any]:
    return {"code": code, "kind": kind, "hours": 10, "title": code, "outcomes": {"LO1": "does it"}}


def _programme(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any key of a rule file
    return {
        "kind": "programme",
        "code": "MASONRY-L3",
        "version": 1,
        "valid_from": date(2022, 1, 1),
        "trade": "MASONRY",
        "rtqf_level": 3,
        "names": {"en": "Masonry"},
        "hours": 30,
        "entry": "none",
        "rule_set": "r1",
        "modules": [_module("G", "GENERAL"), _module("C", "CORE"), _module("S", "SPECIFIC")],
        **changes,
    }


def test_shipped_catalogue_holds_the_twelve_trades_of_the_service() -> None:
    assert {trade.code for trade in load_catalogue().trades} == {
        *("MASONRY", "WELDING", "PLUMBING", "ELECTRICITY", "COMPUTER", "HAIRDRESSING"),
        *("TAILORING", "CARPENTRY", "LEATHER", "AGRICULTURE", "AUTOMOBILE", "HANDICRAFT"),
    }
    assert all(set(trade.names) == {"en", "fr", "rw"} for trade in load_catalogue().trades)


def test_shipped_programmes_carry_every_kind_of_module_and_the_rules_of_the_domain() -> None:
    programmes = load_catalogue().programmes
    assert {"TAILORING-L3", "MASONRY-L3", "AGRICULTURE-L1"} <= {p.code for p in programmes}
    for programme in programmes:
        assert {m.kind for m in programme.modules} == set(ModuleKind)
        assert (programme.rules.module.max_reassessments, programme.rules.module.min_days_between) == (2, 5)
        assert programme.rules.min_attendance_percent == 80
        assert programme.rules.assessor_differs_from_instructor


@pytest.mark.parametrize(
    ("code", "certificate"),
    [
        ("TAILORING-L3", "TVET Certificate I"),
        ("WELDING-L4", "TVET Certificate II"),
        ("AGRICULTURE-L1", "Vocational level 1"),
    ],
)
def test_certificate_follows_the_rtqf_level(code: str, certificate: str) -> None:
    found = load_catalogue().find_valid(code, date(2026, 1, 1))
    assert found is not None
    assert found.certificate == certificate


def test_find_valid_takes_the_newest_version_in_force_on_the_day() -> None:
    second = _programme(version=2, valid_from=date(2026, 1, 1))
    catalogue = build_catalogue([RULES, TRADES, _programme(), second])
    versions = [
        found.version if (found := catalogue.find_valid("MASONRY-L3", day)) else None
        for day in (date(2021, 12, 31), date(2025, 12, 31), date(2026, 1, 1))
    ]
    assert versions == [None, 1, 2]
    assert [p.version for p in catalogue.list_valid(date(2026, 6, 1))] == [2]


def test_find_version_returns_none_for_a_version_never_shipped() -> None:
    assert load_catalogue().find_version("TAILORING-L3", 99) is None


CONTRADICTIONS: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("unknown trade", lambda p: p.update(trade="SORCERY")),
    ("does not exist", lambda p: p.update(rtqf_level=8)),
    ("do not add up", lambda p: p.update(hours=31)),
    ("unknown rule set", lambda p: p.update(rule_set="r2")),
    ("unknown kind", lambda p: p.update(kind="poem")),
    ("given twice", lambda p: p["modules"].append(_module("G", "GENERAL"))),
    ("all needed", lambda p: p["modules"].pop()),
    ("without outcomes", lambda p: p["modules"][0].update(outcomes={})),
    ("without outcomes or hours", lambda p: p["modules"][0].update(hours=0)),
]


@pytest.mark.parametrize(("words", "spoil"), CONTRADICTIONS)
def test_catalogue_refuses_a_contradiction(words: str, spoil: Callable[[dict[str, Any]], Any]) -> None:
    programme = deepcopy(_programme())
    spoil(programme)
    with pytest.raises(CatalogueError, match=words):
        build_catalogue([RULES, TRADES, programme])


def test_catalogue_refuses_the_same_version_twice() -> None:
    with pytest.raises(CatalogueError, match="given twice"):
        build_catalogue([RULES, TRADES, _programme(), _programme()])


def test_credit_needs_the_same_module_with_the_same_outcomes() -> None:
    programme = build_catalogue([RULES, TRADES, _programme()]).programmes[0]
    earned = {
        "S": frozenset({"LO1"}),
        "C": frozenset({"LO1", "LO2"}),
        "X": frozenset({"LO1"}),
        "G": frozenset({"LO1"}),
    }
    assert creditable_modules(programme, earned) == ["G", "S"]
