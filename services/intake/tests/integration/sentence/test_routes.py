"""POST sentences, and the custody record that explains the dates."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from inzira_contracts.intake import DatesComputed, SentenceRecorded
from inzira_platform.clock import FixedClock
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.testing.deliveries import Deliveries

Body = dict[str, Any]
Admit = Callable[..., Awaitable[Body]]
MakeAdmission = Callable[..., Body]
JUDGEMENT = {"decided_on": "2024-06-01", "parts": [{"duration": "P25Y", "starts_on": "2024-02-01"}]}


def sentences(made: Body) -> str:
    return f"/v1/persons/{made['person_id']}/sentences"


async def remanded(admit: Admit) -> Body:
    return await admit(sentence=None, legal_status="REMAND")


async def test_a_wrong_sentence_is_replaced_and_stays_visible(
    officer: Caller, admit: Admit, database: ServiceDatabase
) -> None:
    made = await remanded(admit)
    assert (await officer.post(sentences(made), JUDGEMENT)).status_code == 201
    right = {
        "decided_on": "2024-06-01",
        "parts": [{"duration": "P7Y", "starts_on": "2024-02-01"}],
        "reason_code": "CORRECTION",
    }
    second = {**right, "reason_code": "JUDGEMENT"}
    assert (await officer.post(sentences(made), second)).json()["code"] == "sentence-already-recorded"
    assert (await officer.post(sentences(made), right)).status_code == 201
    [episode] = (await officer.get(f"/v1/persons/{made['person_id']}/custody")).json()["episodes"]
    assert [row["duration"] for row in episode["sentences"]] == ["P25Y", "P7Y"]
    assert episode["sentences"][1]["supersedes_id"] == episode["sentences"][0]["id"]
    assert episode["expected_release_on"] == "2031-01-31"
    assert episode["computations"][-1]["needs_second_officer"] is True
    assert episode["computations"][-1]["trace"][0]["code"] == "RULE_SET"
    told = await database.events()
    assert [type(event) for event in told[1:]] == [SentenceRecorded, DatesComputed, SentenceRecorded, DatesComputed]


async def test_parts_credits_and_changes_reach_the_computation(officer: Caller, admit: Admit) -> None:
    made = await remanded(admit)
    body = {
        "decided_on": "2025-02-01",
        "legal_status": "CONVICTED_APPEALABLE",
        "credit_days": 10,
        "offences": ["GENOCIDE"],
        "parts": [
            {"duration": "LIFE", "starts_on": "2010-05-04"},
            {"duration": "P6M", "starts_on": "2010-05-04", "relation": "CONSECUTIVE"},
        ],
        "changes": [{"kind": "COMMUTATION", "effective_on": "2022-07-01", "duration": "P20Y"}],
    }
    assert (await officer.post(sentences(made), body)).status_code == 201
    [episode] = (await officer.get(f"/v1/persons/{made['person_id']}/custody")).json()["episodes"]
    assert episode["expected_release_on"] == "2030-04-23"
    assert episode["parole_eligible_on"] is None
    assert episode["computations"][-1]["parole_status"] == "NOT_ELIGIBLE"
    assert episode["offences"] == ["GENOCIDE"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"parts": []}, 422, "invalid-fields"),
        ({"parts": [{"duration": "5 years", "starts_on": "2024-02-01"}]}, 422, "invalid-fields"),
        ({"parts": [{"duration": "P", "starts_on": "2024-02-01"}]}, 422, "invalid-fields"),
        ({"parts": [{"duration": "P140Y", "starts_on": "2100-02-01"}]}, 422, "duration-invalid"),
        (
            {"parts": [{"duration": "P1Y", "starts_on": "2024-02-01", "relation": "CONSECUTIVE"}]},
            422,
            "sentence-parts",
        ),
        ({"legal_status": "REMAND"}, 422, "status-without-sentence"),
        ({"decided_on": "2027-01-01"}, 422, "in-the-future"),
        ({"offences": ["NOTHING"]}, 422, "offence-unknown"),
        ({"changes": [{"kind": "REMISSION", "effective_on": "2024-01-01"}]}, 422, "sentence-change"),
        ({"credit_days": -1}, 422, "invalid-fields"),
    ],
)
async def test_sentences_refused_with_a_code(
    officer: Caller, admit: Admit, change: Body, status: int, code: str
) -> None:
    answer = await officer.post(sentences(await remanded(admit)), {**JUDGEMENT, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_sentences_need_token_role_reach_and_key(
    api: Api, officer: Caller, elsewhere: Caller, admit: Admit
) -> None:
    path = sentences(await remanded(admit))
    assert (await api.nobody().post(path, JUDGEMENT)).status_code == 401
    assert (await api.as_("rcs_psychosocial_officer", facility="HUY").post(path, JUDGEMENT)).status_code == 403
    assert (await elsewhere.post(path, JUDGEMENT)).status_code == 404
    assert (await officer.post(path, JUDGEMENT, keyed=False)).status_code == 428


async def test_a_sentence_replayed_is_recorded_once(officer: Caller, admit: Admit, database: ServiceDatabase) -> None:
    path, key = sentences(await remanded(admit)), {"Idempotency-Key": "one-sentence"}
    first = await officer.post(path, JUDGEMENT, headers=key)
    assert (await officer.post(path, JUDGEMENT, headers=key)).json() == first.json()
    assert await database.value("SELECT count(*) FROM sentence") == 1


async def test_a_new_rule_set_moves_the_dates_by_itself(
    api: Api,
    make_admission: MakeAdmission,
    database: ServiceDatabase,
    deliveries: Deliveries,
    clock: FixedClock,
) -> None:
    clock.set(datetime(2023, 11, 30, 9, tzinfo=UTC))
    officer = api.as_("rcs_intake_officer", facility="HUY")
    body = make_admission(
        admitted_at="2023-03-01", sentence={"parts": [{"duration": "P4Y", "starts_on": "2023-02-01"}]}
    )
    made = (await officer.post("/v1/admissions", body)).json()
    assert await deliveries.scan("intake.rule-sets") == 0
    clock.set(datetime(2023, 12, 1, 9, tzinfo=UTC))
    assert await deliveries.scan("intake.rule-sets") == 1
    dates = [event for event in await database.events() if isinstance(event, DatesComputed)]
    assert [(event.rule_set, str(event.parole_eligible_on), event.reason_code) for event in dates] == [
        ("parole-2013", "2024-06-01", "SENTENCE"),
        ("parole-2023-12", "2024-02-01", "RULE_SET"),
    ]
    assert str(dates[-1].person_id) == made["person_id"]
