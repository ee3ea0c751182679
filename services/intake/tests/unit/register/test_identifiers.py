"""Sex words, RCS numbers, identity numbers and telephones."""

import pytest
from inzira_intake.register.identifiers import (
    digits_text,
    disagrees,
    is_rcs_number,
    rcs_display,
    rcs_key,
    rcs_spellings,
    read_national_id,
    read_phone,
    read_sex,
)


@pytest.mark.parametrize("text", ["M", "m", "Male", "MALE ", "Gabo", "Umugabo", "Homme", "Masculin", "m."])
def test_words_for_men(text: str) -> None:
    assert read_sex(text) == "M"


@pytest.mark.parametrize("text", ["F", "f", "Female", "Gore", "Umugore", "Femme", "Féminin", "FEMININ"])
def test_words_for_women(text: str) -> None:
    assert read_sex(text) == "F"


@pytest.mark.parametrize("text", ["", "?", "Z", "G", "M/F"])
def test_other_words_are_not_guessed(text: str) -> None:
    assert read_sex(text) is None


@pytest.mark.parametrize("text", ["HUY-2000", "huy-2000 ", "HUY 2000", "HUY2000", "HUY – 2000", "huy‑2000"])
def test_one_rcs_number_however_typed(text: str) -> None:
    assert rcs_key(text) == "HUY2000"
    assert rcs_display(text) in rcs_spellings("HUY-2000")


def test_dash_between_digits_keeps_two_numbers_apart() -> None:
    assert rcs_key("1-23") != rcs_key("12-3")


@pytest.mark.parametrize("text", ["", "HUY", "A" * 40 + "1", "HUY_2000", "ÉCR-1"])
def test_what_is_no_rcs_number(text: str) -> None:
    assert not is_rcs_number(text)


@pytest.mark.parametrize("text", ["9197984597764082", "9 1979 8 4597764 0 82", "9-1979-8-4597764-0-82"])
def test_identity_number_without_its_spaces(text: str) -> None:
    assert read_national_id(text) == "9197984597764082"


@pytest.mark.parametrize("text", ["", "919798459776408", "9197954597764082", "8197984597764082", "none"])
def test_malformed_identity_number_is_none(text: str) -> None:
    assert read_national_id(text) is None


def test_identity_number_that_disagrees_is_noticed() -> None:
    number = "9197984597764082"
    assert not disagrees(number, "M", 1979)
    assert disagrees(number, "F", 1979)
    assert disagrees(number, "M", 1980)
    assert not disagrees(number, None, None)


@pytest.mark.parametrize("text", ["0705243562", "+250 705 243 562", "705243562", "00250705243562", "250-705-243-562"])
def test_telephone_in_its_long_form(text: str) -> None:
    assert read_phone(text) == "+250705243562"


def test_whole_number_loses_the_point_excel_gave_it() -> None:
    assert digits_text(2000.0) == "2000"
    assert digits_text(9197984597764082) == "9197984597764082"
