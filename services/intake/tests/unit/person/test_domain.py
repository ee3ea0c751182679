"""Names, identifiers and birth dates by domain.md 2.4. Every number here is invented (leading 9, +25070)."""

from datetime import date

import pytest
from inzira_intake.person.domain import (
    BirthDateError,
    Identifier,
    IdentifierKind,
    NameMissingError,
    NationalIdError,
    NewPerson,
    PhoneError,
    RcsNumberError,
    Sex,
    check_birth,
    identifiers_of,
    last4,
    name_key,
    name_tokens,
    national_id_disagreements,
    normalise_identifier,
    normalise_name,
    normalise_national_id,
    normalise_phone,
    normalise_rcs_number,
    require_name,
)
from inzira_platform.errors import DomainError

TEST_NID = "9198988588401060"
ADMITTED = date(2020, 6, 1)


@pytest.mark.parametrize("text", [TEST_NID, "9 1989 8 8588401 0 60", "9.1989.8.8588401.0.60", "9-1989-8-8588401-0-60"])
def test_national_id_ignores_spaces_and_dots(text: str) -> None:
    assert normalise_national_id(text, test_data=True) == TEST_NID


def test_test_identities_need_the_switch() -> None:
    with pytest.raises(NationalIdError):
        normalise_national_id(TEST_NID)


@pytest.mark.parametrize(
    "text", ["", "12345", "4198988588401060", "9189988588401060", "9198958588401060", TEST_NID + "1"]
)
def test_malformed_national_ids_are_refused_without_their_value(text: str) -> None:
    with pytest.raises(NationalIdError) as caught:
        normalise_national_id(text, test_data=True)
    assert caught.value.field == "national_id"
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize("text", ["+250700123456", "0700123456", "250700123456", "00250700123456", "0700 123 456"])
def test_phone_is_completed_to_the_international_form(text: str) -> None:
    assert normalise_phone(text, test_data=True) == "+250700123456"


@pytest.mark.parametrize("text", ["+250700123456", "12345", "+33600000000", "07001234567"])
def test_phone_refuses_test_prefix_and_foreign_forms_in_production(text: str) -> None:
    with pytest.raises(PhoneError):
        normalise_phone(text)


@pytest.mark.parametrize(("text", "number"), [("huy-2000", "HUY-2000"), (" MUS / 12 ", "MUS/12")])
def test_rcs_number_in_capitals(text: str, number: str) -> None:
    assert normalise_rcs_number(text) == number


@pytest.mark.parametrize("text", ["", "-", "A", "A" * 33, "HUY_1"])
def test_rcs_number_refuses_other_signs(text: str) -> None:
    with pytest.raises(RcsNumberError):
        normalise_rcs_number(text)


def test_names_compare_without_accents_order_and_case() -> None:
    assert normalise_name("  Vénuste   NTAWUKURIRYAYO ") == "venuste ntawukuriryayo"
    assert name_key("Vénuste Ntawukuriryayo") == name_key("NTAWUKURIRYAYO Venuste")
    assert name_tokens(["Marie-Louise Sebahire", "Malou"]) == ("louise", "malou", "marie", "sebahire")


def test_a_name_is_kept_as_written_but_for_spaces() -> None:
    assert require_name("  Ntawe  Épiphanie ") == "Ntawe Épiphanie"


@pytest.mark.parametrize("text", ["", "   ", "1234", "?!"])
def test_a_name_needs_letters(text: str) -> None:
    with pytest.raises(NameMissingError):
        require_name(text)


@pytest.mark.parametrize(
    ("born_on", "birth_year"),
    [
        (date(2020, 6, 1), None),
        (date(2015, 1, 1), None),
        (date(1890, 1, 1), None),
        (None, 2021),
        (date(1990, 1, 1), 1991),
    ],
)
def test_impossible_births_are_refused(born_on: date | None, birth_year: int | None) -> None:
    with pytest.raises(BirthDateError):
        check_birth(born_on, birth_year, ADMITTED)


@pytest.mark.parametrize(
    ("born_on", "birth_year"),
    [(None, None), (date(1990, 1, 1), None), (None, 1960), (date(1990, 1, 1), 1990)],
)
def test_possible_births_pass(born_on: date | None, birth_year: int | None) -> None:
    check_birth(born_on, birth_year, ADMITTED)


def test_disagreement_with_the_number_is_a_warning_only() -> None:
    assert national_id_disagreements(TEST_NID, Sex.M, 1989) == ()
    assert national_id_disagreements(TEST_NID, Sex.F, 1990) == (
        "NATIONAL_ID_BIRTH_YEAR_DIFFERS",
        "NATIONAL_ID_SEX_DIFFERS",
    )


def test_identifiers_of_a_new_person_are_normalised() -> None:
    person = NewPerson("Invented Person", Sex.M, rcs_number="huy-1", national_id=TEST_NID, phone="0700123456")
    assert identifiers_of(person, test_data=True) == (
        Identifier(IdentifierKind.RCS_NUMBER, "HUY-1"),
        Identifier(IdentifierKind.NATIONAL_ID, TEST_NID),
        Identifier(IdentifierKind.PHONE, "+250700123456"),
    )
    with pytest.raises(DomainError):
        identifiers_of(person, test_data=False)


def test_a_searched_identifier_is_read_as_every_kind_it_could_be() -> None:
    kinds = {item.kind for item in normalise_identifier("9 1989 8 8588401 0 60", test_data=True)}
    assert kinds == {IdentifierKind.NATIONAL_ID, IdentifierKind.RCS_NUMBER}
    assert normalise_identifier("?", test_data=True) == ()


def test_only_the_last_four_are_shown() -> None:
    assert last4(TEST_NID) == "1060"
