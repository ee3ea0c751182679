"""What a law demands: recorded by name and never dressed as consent."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from inzira_contracts.intake import ConsentGranted, ConsentWithdrawn
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase

Body = dict[str, Any]
Admit = Callable[..., Awaitable[Body]]
DUTY = {"duty_code": "PAROLE-SUPERVISION", "recipient": "NPPA", "data_classes": ["CUSTODY", "IDENTITY"]}

ROW = """
INSERT INTO consent(id, person_id, basis, purpose, recipient, data_classes, agreement_code, agreement_version, given_at,
                    valid_from, version, recorded_at, recorded_by)
VALUES (gen_random_uuid(), 'PERSON', 'LEGAL_DUTY', 'custody_management', 'NPPA', ARRAY['CUSTODY'], 'X', 1, now(),
        now(), 1, now(), 'x')
"""


def duties(made: Body) -> str:
    return f"/v1/persons/{made['person_id']}/legal-duties"


async def test_a_duty_is_recorded_told_and_shown_as_a_duty(
    officer: Caller, protection: Caller, admit: Admit, database: ServiceDatabase
) -> None:
    made = await admit()
    answer = await protection.post(duties(made), {**DUTY, "reference": "letter 12"})
    assert (answer.status_code, answer.json()["state"]) == (201, "ACTIVE"), answer.text
    told = (await database.events())[-1]
    assert isinstance(told, ConsentGranted)
    assert (told.basis, told.purpose, told.valid_to) == ("LEGAL_DUTY", "custody_management", None)
    assert (told.agreement_code, told.data_classes) == ("PAROLE-SUPERVISION", ["CUSTODY", "IDENTITY"])
    (shown,) = (await officer.get(f"/v1/persons/{made['person_id']}/consents")).json()["items"]
    assert (shown["basis"], shown["method"], shown["text_hash"]) == ("LEGAL_DUTY", None, None)


async def test_a_duty_is_not_withdrawn_but_ended(
    officer: Caller, protection: Caller, admit: Admit, database: ServiceDatabase
) -> None:
    made = await admit()
    duty = (await protection.post(duties(made), DUTY)).json()["id"]
    taken = await officer.post(f"/v1/consents/{duty}/withdrawal", {})
    assert (taken.status_code, taken.json()["code"]) == (409, "legal-duty-not-withdrawable")
    ended = await protection.post(f"/v1/legal-duties/{duty}/end", {"reference": "term served"})
    assert (ended.status_code, ended.json()["state"]) == (200, "WITHDRAWN")
    again = await protection.post(f"/v1/legal-duties/{duty}/end", {})
    assert again.json() == ended.json()
    (told,) = [event for event in await database.events() if isinstance(event, ConsentWithdrawn)]
    assert (told.basis, told.recorded_by) == ("LEGAL_DUTY", "acc-dpo")
    assert (await protection.post(duties(made), DUTY)).status_code == 201


async def test_a_consent_is_not_ended_as_a_duty(
    officer: Caller, protection: Caller, admit: Admit, make_consent: Callable[..., Body]
) -> None:
    made = await admit()
    consent = (await officer.post(f"/v1/persons/{made['person_id']}/consents", make_consent())).json()["id"]
    answer = await protection.post(f"/v1/legal-duties/{consent}/end", {})
    assert (answer.status_code, answer.json()["code"]) == (404, "legal-duty-not-found")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"duty_code": "CURIOSITY"}, 422, "legal-duty-unknown"),
        ({"valid_from": "2020-01-01"}, 422, "legal-duty-unknown"),
        ({"recipient": "PFR"}, 422, "recipient-outside-duty"),
        ({"data_classes": ["HEALTH"]}, 422, "data-class-outside-duty"),
        ({"data_classes": []}, 422, "invalid-fields"),
        ({"valid_to": "2026-11-01"}, 422, "consent-period-invalid"),
        ({"witness": "x"}, 422, "invalid-fields"),
    ],
)
async def test_a_duty_is_refused_with_a_code(
    protection: Caller, admit: Admit, change: Body, status: int, code: str
) -> None:
    answer = await protection.post(duties(await admit()), {**DUTY, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_same_duty_stands_once_and_replays(protection: Caller, admit: Admit) -> None:
    made, key = await admit(), {"Idempotency-Key": "one-duty-only"}
    first = await protection.post(duties(made), DUTY, headers=key)
    assert (await protection.post(duties(made), DUTY, headers=key)).json() == first.json()
    again = await protection.post(duties(made), DUTY)
    assert (again.status_code, again.json()["code"]) == (409, "consent-overlaps")
    assert (await protection.post(duties(made), DUTY, keyed=False)).status_code == 428


async def test_only_the_protection_officer_records_duties(
    api: Api, officer: Caller, protection: Caller, admit: Admit
) -> None:
    made = await admit()
    duty = (await protection.post(duties(made), DUTY)).json()["id"]
    for path, body in ((duties(made), DUTY), (f"/v1/legal-duties/{duty}/end", {})):
        assert (await api.nobody().post(path, body)).status_code == 401
        for caller in (officer, api.as_("caseworker", sub="x", org="PFR"), api.as_("administrator")):
            assert (await caller.post(path, body)).status_code == 403
    for path, body in ((duties({"person_id": uuid4()}), DUTY), (f"/v1/legal-duties/{uuid4()}/end", {})):
        assert (await protection.post(path, body)).status_code == 404


async def test_the_database_keeps_duties_and_consents_apart(admit: Admit, database: ServiceDatabase) -> None:
    made = await admit()
    row = ROW.replace("PERSON", made["person_id"])
    facility = "SET app.facilities = 'HUY'; SET ROLE intake_s_facility; "
    with pytest.raises(Exception, match="row-level security"):
        await database.execute(facility + row)
    with pytest.raises(Exception, match="by_basis"):
        await database.execute(row.replace("LEGAL_DUTY", "CONSENT"))


async def test_the_duties_there_are(api: Api, protection: Caller, officer: Caller) -> None:
    items = (await protection.get("/v1/legal-duties")).json()["items"]
    assert {"COURT-ORDER", "PAROLE-SUPERVISION"} <= {item["code"] for item in items}
    assert all(item["law"] and item["article"] and item["is_confirmed"] is False for item in items)
    assert (await officer.get("/v1/legal-duties")).status_code == 200
    assert (await api.nobody().get("/v1/legal-duties")).status_code == 401
    assert (await api.as_("me_officer").get("/v1/legal-duties")).status_code == 403
