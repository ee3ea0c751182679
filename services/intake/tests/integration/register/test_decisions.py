"""Against the register of the service: known numbers, likely persons, other facilities, good rows beside bad ones."""

from collections.abc import Awaitable, Callable
from typing import Any

from inzira_contracts.intake import DatesComputed, PersonAdmitted, SentenceRecorded
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase

Decided = Callable[..., Awaitable[list[dict[str, Any]]]]
Row = Callable[..., list[Any]]
Register = Callable[..., bytes]


def told(outcomes: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(item["outcome"], item["reason"]) for item in outcomes]


async def test_admitted_row_is_an_admission_with_its_events(
    officer: Caller, decided: Decided, make_register: Register, make_row: Row, database: ServiceDatabase
) -> None:
    (item,) = await decided(officer, make_register(make_row(1)))
    events = [event for event in await database.events() if str(event.person_id) == item["person_id"]]
    assert [type(event) for event in events] == [PersonAdmitted, SentenceRecorded, DatesComputed]
    assert {event.recorded_by for event in events} == {"acc-rcs_intake_officer"}
    assert isinstance(events[1], SentenceRecorded)
    assert str(events[1].duration) == "P15Y6M"


async def test_rows_of_another_file_are_duplicates_however_the_number_is_typed(
    officer: Caller, decided: Decided, make_register: Register, make_row: Row
) -> None:
    (first,) = await decided(officer, make_register(make_row(1)))
    again = await decided(officer, make_register(make_row(1, RCS_No="huy 3001"), title="Huye: again"))
    assert told(again) == [("duplicate", "the same RCS number already in the register")]
    assert again[0]["person_id"] == first["person_id"]


async def test_likely_persons_are_put_to_review_against_the_database(
    officer: Caller, decided: Decided, make_register: Register, make_row: Row, database: ServiceDatabase
) -> None:
    await decided(officer, make_register(make_row(1)))
    same_id = make_row(2, National_ID=make_row(1)[4])
    same_name = make_row(3, Names="baB agnes uwase", Date_of_birth="1961-06-05", National_ID=None)
    outcomes = await decided(officer, make_register(same_id, same_name, make_row(4), title="later"))
    assert told(outcomes) == [
        ("review", "likely the same person: same national identity number, other RCS number"),
        ("review", "likely the same person: same name and date of birth, other RCS number"),
        ("admitted", None),
    ]
    assert await database.value("SELECT count(*) FROM person") == 2


async def test_row_under_review_holds_its_number_and_likeness(
    officer: Caller, decided: Decided, make_register: Register, make_row: Row
) -> None:
    likely = make_row(2, National_ID=make_row(1)[4])
    await decided(officer, make_register(make_row(1), likely))
    alike = make_row(3, National_ID=None, Names=likely[1], Date_of_birth=likely[3])
    outcomes = await decided(officer, make_register(likely, alike, title="later"))
    assert [item["outcome"] for item in outcomes] == ["duplicate", "review"]


async def test_rejected_row_makes_no_later_row_a_duplicate(
    officer: Caller, decided: Decided, make_register: Register, make_row: Row
) -> None:
    outcomes = await decided(officer, make_register(make_row(1, Sentence="?"), make_row(1), make_row(1)))
    assert [item["outcome"] for item in outcomes] == ["rejected", "admitted", "duplicate"]


async def test_rows_compare_across_chunks(
    officer: Caller, decided: Decided, make_register: Register, make_row: Row
) -> None:
    rows = [make_row(number) for number in range(1, 61)]
    outcomes = await decided(officer, make_register(*rows, make_row(1), make_row(99, National_ID=rows[0][4])))
    assert told(outcomes[-2:]) == [
        ("duplicate", "the same RCS number already in this file"),
        ("review", "likely the same person: same national identity number, other RCS number"),
    ]


async def test_row_of_another_facility_is_theirs_to_import(
    officer: Caller, decided: Decided, make_register: Register, make_row: Row
) -> None:
    outcomes = await decided(officer, make_register(make_row(1, Facility="Ruhengeri"), make_row(2)))
    assert told(outcomes) == [
        ("rejected", "another facility's row: only that facility may import it"),
        ("admitted", None),
    ]


async def test_known_person_elsewhere_is_a_duplicate_without_an_id(
    api: Api, officer: Caller, decided: Decided, make_register: Register, make_row: Row
) -> None:
    await decided(officer, make_register(make_row(1)))
    musanze = api.as_("rcs_intake_officer", facility="MUS", sub="acc-musanze")
    (item,) = await decided(musanze, make_register(make_row(1, Facility="Musanze"), title="Musanze"))
    assert (item["outcome"], item["person_id"]) == ("duplicate", None)


async def test_all_faults_of_a_row_are_told_together(
    officer: Caller, decided: Decided, make_register: Register, make_row: Row
) -> None:
    (item,) = await decided(officer, make_register(make_row(1, Names=" ", Date_of_birth="31/02/1970", Sentence=5)))
    assert item["reason"] == "name missing; date of birth is not a date; sentence not understood"


async def test_facility_younger_than_the_admission_takes_its_old_inmates(
    api: Api, decided: Decided, make_register: Register, make_row: Row
) -> None:
    rows = [make_row(1, Facility="Mageragere", Date_of_admission="1/2/1999", Start_of_sentence="1/1/1999")]
    nyarugenge = api.as_("rcs_intake_officer", facility="NYG")
    assert told(await decided(nyarugenge, make_register(*rows))) == [("admitted", None)]


async def test_odd_telephone_and_identity_numbers_hold_nobody_up(
    officer: Caller, decided: Decided, make_register: Register, make_row: Row
) -> None:
    rows = [
        make_row(1, Telefoni="???"),
        make_row(2, National_ID="12345"),
        make_row(3, National_ID=None),
        make_row(4, District_of_return="Nowhere"),
        make_row(5, Offence="unheard of"),
        make_row(6, Sex="M"),
    ]
    assert told(await decided(officer, make_register(*rows))) == [("admitted", None)] * 6


async def test_row_that_a_rule_refuses_late_is_undone_alone(
    officer: Caller, decided: Decided, make_register: Register, make_row: Row, database: ServiceDatabase
) -> None:
    endless = make_row(2, Sentence="99 years 999 months 9999 days")
    outcomes = await decided(officer, make_register(make_row(1), endless, make_row(3)))
    assert [item["outcome"] for item in outcomes] == ["admitted", "rejected", "admitted"]
    assert outcomes[1]["reason"] == "refused by a rule of admission: enter this person by hand to see which"
    assert await database.value("SELECT count(*) FROM person") == 2
    assert await database.value("SELECT count(*) FROM person_scope") == 2
