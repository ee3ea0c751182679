"""POST /v1/admissions: valid, refused, and what neither answers nor events may tell."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from inzira_contracts.intake import DatesComputed, PersonAdmitted, SentenceRecorded
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase

Body = dict[str, Any]
Admit = Callable[..., Awaitable[Body]]
MakeAdmission = Callable[..., Body]

PATH = "/v1/admissions"
NID = "9199081234567890"


async def test_an_admission_opens_an_episode_and_tells_it(admit: Admit, database: ServiceDatabase) -> None:
    made = await admit()
    events = await database.events()
    assert [type(event) for event in events] == [PersonAdmitted, SentenceRecorded, DatesComputed]
    admitted, _, dates = events
    assert isinstance(admitted, PersonAdmitted)
    assert isinstance(dates, DatesComputed)
    assert str(admitted.person_id) == made["person_id"]
    assert (admitted.facility, admitted.admission_kind, admitted.sex) == ("HUY", "NEW", "M")
    assert (admitted.birth_year, admitted.return_district) == (1990, "24")
    assert admitted.occurred_at.isoformat() == "2024-03-01T07:30:00+00:00"
    assert str(dates.expected_release_on) == "2028-01-31"
    assert dates.rule_set == "parole-2023-12"


async def test_the_answer_holds_ids_only_and_a_consistency_token(
    officer: Caller, make_admission: MakeAdmission
) -> None:
    answer = await officer.post(PATH, make_admission())
    assert answer.status_code == 201
    assert set(answer.json()) == {"id", "version", "person_id", "episode_id"}
    assert answer.headers["Consistency-Token"]


async def test_nothing_readable_of_identifiers_and_sections_is_stored(
    officer: Caller, make_admission: MakeAdmission, database: ServiceDatabase
) -> None:
    body = make_admission(person={"national_id": NID, "phone": "0700123456"})
    body["sections"]["family"] = {"answer": "RECORDED", "text": "two children with their invented aunt"}
    assert (await officer.post(PATH, body)).status_code == 201
    dump = ""
    for table in ("person", "person_identifier", "admission_section", "outbox", "idempotency_key", "episode"):
        rows = await database.rows(f"SELECT * FROM {table}")  # noqa: S608 - names from the list above
        dump += "".join(str({**row, **{k: bytes(v) for k, v in row.items() if isinstance(v, bytes)}}) for row in rows)
    assert NID not in dump
    assert "+250700123456" not in dump
    assert "invented aunt" not in dump
    assert [row["last4"] for row in await database.rows("SELECT last4 FROM person_identifier WHERE kind='PHONE'")] == [
        "3456"
    ]


async def test_events_and_idempotent_answers_hold_no_name(admit: Admit, database: ServiceDatabase) -> None:
    await admit(person={"full_name": "Zzuvuga Invented"})
    payloads = await database.rows("SELECT convert_from(payload, 'UTF8') AS text FROM outbox")
    answers = await database.rows("SELECT answer::text AS text FROM idempotency_key")
    assert not any("Zzuvuga" in row["text"] for row in payloads + answers)


async def test_a_replay_answers_the_same_and_admits_once(
    officer: Caller, make_admission: MakeAdmission, database: ServiceDatabase
) -> None:
    body, key = make_admission(), {"Idempotency-Key": "the-same-admission"}
    first = await officer.post(PATH, body, headers=key)
    again = await officer.post(PATH, body, headers=key)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await database.value("SELECT count(*) FROM episode") == 1


async def test_without_a_key_nothing_is_recorded(officer: Caller, make_admission: MakeAdmission) -> None:
    assert (await officer.post(PATH, make_admission(), keyed=False)).status_code == 428


async def test_no_token_and_wrong_role(api: Api, make_admission: MakeAdmission) -> None:
    assert (await api.nobody().post(PATH, make_admission())).status_code == 401
    for role in ("caseworker", "me_officer", "administrator", "tvet_instructor", "data_protection_officer"):
        assert (await api.as_(role, facility="HUY").post(PATH, make_admission())).status_code == 403


async def test_an_officer_admits_to_their_own_facility_only(elsewhere: Caller, make_admission: MakeAdmission) -> None:
    answer = await elsewhere.post(PATH, make_admission())
    assert (answer.status_code, answer.json()["code"]) == (403, "other-facility")


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"order": {"number": "-", "authority": "Invented court"}}, 422, "commitment-order-missing", "order.number"),
        ({"order": {"number": "ORD/1", "authority": "?"}}, 422, "commitment-order-missing", "order.authority"),
        ({"facility": "ZZZ"}, 403, "other-facility", None),
        ({"admitted_at": "2026-11-24"}, 422, "in-the-future", "admitted_at"),
        ({"person": {"full_name": "1234"}}, 422, "name-missing", "full_name"),
        ({"person": {"born_on": "2025-01-01"}}, 422, "birth-date-invalid", "born_on"),
        ({"person": {"national_id": "5199081234567890"}}, 422, "national-id-invalid", "national_id"),
        ({"person": {"phone": "12"}}, 422, "phone-invalid", "phone"),
        ({"person": {"return_district": "99"}}, 422, "district-unknown", "return_district"),
        ({"offences": ["SPITTING"]}, 422, "offence-unknown", "offences"),
        ({"sentence": {"parts": [{"duration": "P0Y", "starts_on": "2024-01-01"}]}}, 422, "duration-invalid", None),
        ({"readmission": {"type": "NEW_OFFENCE"}}, 404, "readmission-unknown", None),
    ],
)
async def test_rules_refuse_with_code_and_field(
    officer: Caller, make_admission: MakeAdmission, change: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    answer = await officer.post(PATH, make_admission(**change))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    if field:
        assert problem["errors"][0]["field"] == field


@pytest.mark.parametrize("missing", ["order", "sections", "person", "facility", "admitted_at"])
async def test_missing_parts_are_named(officer: Caller, make_admission: MakeAdmission, missing: str) -> None:
    answer = await officer.post(PATH, make_admission(**{missing: None}))
    assert answer.status_code == 422
    assert f"body.{missing}" in {item["field"] for item in answer.json()["errors"]}


async def test_every_section_is_needed_and_never_blank(officer: Caller, make_admission: MakeAdmission) -> None:
    body = make_admission()
    del body["sections"]["injuries"]
    assert (await officer.post(PATH, body)).status_code == 422
    body["sections"]["injuries"] = {"answer": "RECORDED"}
    answer = await officer.post(PATH, body)
    assert answer.json()["errors"][0]["field"] == "sections.injuries"
    body["sections"]["injuries"] = {"answer": "DECLINED"}
    assert (await officer.post(PATH, body)).status_code == 201


async def test_bad_input_is_never_echoed(officer: Caller, make_admission: MakeAdmission) -> None:
    secret = "9-secret-value-9"
    for change in (
        {"person": {"national_id": secret}},
        {"facility": secret},
        {"person": {"sex": secret}},
        {"admitted_at": secret},
    ):
        answer = await officer.post(PATH, {**make_admission(), **change})
        assert answer.status_code == 422
        assert secret not in answer.text


async def test_the_same_rcs_number_is_known_even_with_confirmed_new(
    officer: Caller, admit: Admit, make_admission: MakeAdmission
) -> None:
    await admit(person={"rcs_number": "TST-SAME"})
    again = make_admission(person={"rcs_number": "tst-same"}, confirmed_new=True)
    answer = await officer.post(PATH, again)
    assert (answer.status_code, answer.json()["code"]) == (409, "rcs-number-known")


async def test_a_likely_duplicate_is_shown_before_saving_and_admitted_when_confirmed(
    officer: Caller, admit: Admit, make_admission: MakeAdmission
) -> None:
    known = await admit(person={"national_id": NID})
    again = make_admission(person={"national_id": "9 1990 8 1234567 8 90"})
    answer = await officer.post(PATH, again)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "possible-duplicate")
    assert (problem["reason"], problem["candidate"]) == ("NATIONAL_ID", known["person_id"])
    assert (await officer.post(PATH, {**again, "confirmed_new": True})).status_code == 201


async def test_a_duplicate_elsewhere_says_only_that_it_is_possible(
    elsewhere: Caller, admit: Admit, make_admission: MakeAdmission
) -> None:
    known = await admit(person={"national_id": NID})
    answer = await elsewhere.post(PATH, make_admission(facility="MUS", person={"national_id": NID}))
    assert answer.status_code == 409
    assert "candidate" not in answer.json()
    assert known["person_id"] not in answer.text
    assert "HUY" not in answer.text


@pytest.mark.parametrize(
    ("born", "matches"),
    [
        ({"born_on": "1990-05-04"}, True),
        ({"born_on": "1990-05-05"}, False),
        ({"born_on": None, "birth_year": 1990}, True),
        ({"born_on": None, "birth_year": 1991}, False),
        ({"born_on": None}, False),
    ],
)
async def test_likeness_by_name_in_any_order_and_birth(
    officer: Caller, admit: Admit, make_admission: MakeAdmission, born: dict[str, Any], matches: bool
) -> None:
    await admit(person={"full_name": "Épiphanie Nobodyabc"})
    again = make_admission(person={"full_name": "NOBODYABC Epiphanie", **born})
    assert (await officer.post(PATH, again)).status_code == (409 if matches else 201)


async def test_nobody_has_two_open_episodes(officer: Caller, admit: Admit, make_admission: MakeAdmission) -> None:
    made = await admit()
    again = make_admission(readmission={"type": "NEW_OFFENCE", "person_id": made["person_id"]})
    answer = await officer.post(PATH, again)
    assert (answer.status_code, answer.json()["code"]) == (409, "open-episode")


async def test_a_remand_admission_has_no_dates(admit: Admit, database: ServiceDatabase) -> None:
    await admit(sentence=None, legal_status="REMAND")
    assert [type(event) for event in await database.events()] == [PersonAdmitted]
