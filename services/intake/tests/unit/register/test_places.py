"""Facilities as registers name them, in three languages and with their old names."""

import pytest
from inzira_intake.register.rows import Rules


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Huye", "Huye"), ("huye ", "Huye"), ("KARUBANDA", "Huye"), ("HUY", "Huye"), ("Huye (Karubanda)", "Huye"),
        ("HUY - Huye", "Huye"), ("Karubanda/Huye", "Huye"), ("Huye (women)", "Huye"), ("Prison de Huye", "Huye"),
        ("Prison d'Huye", "Huye"), ("Igororero rya Huye", "Huye"), ("Igororero ry’i Huye", "Huye"),
        ("Gereza Nkuru ya Huye", "Huye"), ("Huye correctional facility", "Huye"), ("Prison centrale de Huye", "Huye"),
        ("RCS Huye", "Huye"), ("Établissement pénitentiaire de Musanze", "Musanze"), ("Ruhengeri", "Musanze"),
        ("Maison d'arrêt de Rubavu", "Rubavu"), ("Nyakiriba", "Rubavu"), ("Mageragere", "Nyarugenge"),
        ("Nyanza/Mpanga", "Nyanza"), ("Gitarama", "Muhanga"), ("Kibungo", "Ngoma"), ("Nsinda", "Rwamagana"),
        ("Rilima", "Bugesera"), ("Miyove", "Gicumbi"), ("Gikongoro", "Nyamagabe"), ("Cyangugu", "Rusizi"),
    ],
)  # fmt: skip
def test_facility_is_known_by_its_names(rules: Rules, text: str, name: str) -> None:
    found = rules.facility(text)
    assert found is not None
    assert found[1] == name


@pytest.mark.parametrize("text", ["Karongi Prison", "Nowhere", "Prison", "Huye / Musanze", "Huye (Nowhere)", "?", "()"])
def test_unknown_or_doubtful_place_is_no_facility(rules: Rules, text: str) -> None:
    assert rules.facility(text) is None


@pytest.mark.parametrize("text", ["nyarugenge", "KICUKIRO", "Huye", "Akarere ka Huye", "District de Huye"])
def test_district_is_known_by_its_name(rules: Rules, text: str) -> None:
    assert rules.district(text) is not None
