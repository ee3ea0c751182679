"""Sentences in three languages; what is not wholly understood is not understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inzira_intake.register.sentences import read_sentence

UNDERSTOOD = {
    "P15Y": ("15 years", "15 yrs", "15Y", "imyaka 15", "15 ans", "15 YRS", "15  years", "15 (quinze) ans",
             "fifteen (15) years", "15 years' imprisonment", "igifungo cy'imyaka 15", "15 ans de prison ferme",
             "imyaka 15 y'igifungo", "imyaka cumi n'itanu", "15-year", "P15Y"),
    "P15Y6M": ("15 years 6 months", "imyaka 15 n'amezi 6", "imyaka 15 n’amezi 6", "imyaka 15 nʼamezi 6",
               "15Y 6M", "15y6m",
               "15 ans et 6 mois", "15 years, 6 months", "15 years and 6 months", "15 ans 6 mois",
               "15.5 years", "15,5 ans",
               "15 ans et demi", "15½ years", "P15Y6M"),
    "P1Y6M": ("1 years 6 months", "umwaka 1 n'amezi 6", "un an et six mois", "1 an 6 mois"),
    "P18M": ("18 mois", "18 months", "amezi 18", "18M"),
    "P6M": ("6 months", "amezi 6", "six mois"),
    "P2Y10D": ("imyaka 2 n'iminsi 10", "2 years 10 days", "2 ans et 10 jours"),
    "P3Y2M5D": ("imyaka 3, amezi 2 n'iminsi 5", "3 ans, 2 mois et 5 jours"),
    "P14D": ("2 weeks",),
    "P25Y": ("twenty-five years", "vingt-cinq ans", "imyaka makumyabiri n'itanu"),
    "LIFE": ("Life", "LIFE imprisonment", "burundu", "BURUNDU", "igifungo cya burundu", "Perpétuité", "perpetuite",
             "à perpétuité", "prison à vie", "réclusion criminelle à perpétuité", "imprisonment for life",
             "life sentence",
             "gufungwa burundu", "peine perpétuelle"),
}  # fmt: skip
NOT_UNDERSTOOD = (
    "?", "5", "many years", "", "years", "5-7 years", "5 à 6 mois", "15 to 20 years", "15 years?", "5 years 6",
    "Life + 5 years", "Life (25 years)", "2 ans dont 1 avec sursis", "5 years (suspended)",
    "5 ans (dont 2 avec sursis)",
    "0 years", "1.6 years", "death", "remand", "prévenu", "15 years 3 years", "5 years (6 months)", "imyaka",
    "-5 years", "150 years", "5 years and a fine", "imyaka myinshi", "plusieurs années", "5 y 6", "12/12/2012",
    "5 or 6 years",
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [(text, iso) for iso, texts in UNDERSTOOD.items() for text in texts])
def test_sentence_is_the_duration_it_means(text: str, expected: str) -> None:
    assert read_sentence(text) == expected


@pytest.mark.parametrize("text", NOT_UNDERSTOOD)
def test_half_understood_is_not_understood(text: str) -> None:
    assert read_sentence(text) is None


@pytest.mark.parametrize("cell", [None, 5, 5.0, True, object()])
def test_number_without_a_unit_is_no_sentence(cell: object) -> None:
    assert read_sentence(cell) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = read_sentence(text)
    assert found is None or found == "LIFE" or found.startswith("P")


@given(st.integers(1, 99), st.integers(1, 11))
def test_all_three_languages_say_the_same(years: int, months: int) -> None:
    texts = (f"{years} years {months} months", f"imyaka {years} n'amezi {months}", f"{years} ans et {months} mois")
    assert {read_sentence(text) for text in texts} == {f"P{years}Y{months}M"}
