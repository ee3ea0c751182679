"""Names: family name first, whatever the order and the case they were typed in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_intake.person import domain as person
from inzira_intake.register.names import join_name, name_key, read_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MUKAMANA Évariste", "Mukamana Évariste"),
        ("Évariste Mukamana", "Mukamana Évariste"),
        ("Viateur mukeshimana", "Mukeshimana Viateur"),
        ("  Jean-Paul   KAMANZI ", "Kamanzi Jean-Paul"),
        ("HABIMANA JEAN-BOSCO", "Habimana Jean-Bosco"),
        ("JEAN-BOSCO HABIMANA", "Habimana Jean-Bosco"),
        ("Habimana Jean", "Habimana Jean"),
        ("HABIMANA Jean de Dieu", "Habimana Jean de Dieu"),
        ("Jean de Dieu Habimana", "Habimana Jean de Dieu"),
        ("Marie Claire UWASE", "Uwase Marie Claire"),
        ("Uwase, Marie Claire", "Uwase Marie Claire"),
        ("jean d'amour habimana", "Habimana Jean d'Amour"),
        ("Jean van der BERG", "van der Berg Jean"),
        ("Nkurunziza", "Nkurunziza"),
        ("Mr Habimana Jean", "Habimana Jean"),
        ("O'BRIEN Pat", "O'Brien Pat"),
        ("UWERA Marie-LOUISE", "Uwera Marie-Louise"),
        ("Uwimana\u00a0Agnès", "Uwimana Agnès"),
        ("E\u0301variste Mukamana", "Mukamana Évariste"),
        ("J. HABIMANA", "Habimana J"),
    ],
)
def test_name_stands_family_name_first(text: str, expected: str) -> None:
    assert read_name(text) == expected


@pytest.mark.parametrize("text", ["", "  ", "...", "?", "123", "N/A", "-", "inconnu", "x"])
def test_no_name_is_no_name(text: str) -> None:
    assert read_name(text) is None


@pytest.mark.parametrize(
    ("family", "given_name", "expected"),
    [
        ("HABIMANA", "Jean bosco", "Habimana Jean Bosco"),
        ("Habimana", "Habimana Jean", "Habimana Jean"),
        ("", "Jean Habimana", "Habimana Jean"),
        ("Habimana", "", "Habimana"),
        ("", "", None),
    ],
)
def test_two_columns_make_one_name(family: str, given_name: str, expected: str | None) -> None:
    assert join_name(family, given_name) == expected


def test_likeness_knows_no_order_case_or_accent() -> None:
    assert name_key("Ndayisaba Évariste") == name_key("EVARISTE  ndayisaba") == name_key("Evariste, NDAYISABA")


@given(st.text(max_size=60))
def test_likeness_is_the_one_the_service_keeps(text: str) -> None:
    assert name_key(text) == person.name_key(text)


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    name = read_name(text)
    assert name is None or name.strip() == name
