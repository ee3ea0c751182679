"""Recording what a person agreed to, and reading it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from inzira_contracts.access import AccessRecorded
from inzira_contracts.intake import ConsentGranted
from inzira_platform.migrations import fill_consents
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase, migrate_as_owner

Body = dict[str, Any]
Admit = Callable[..., Awaitable[Body]]
Ask = Callable[..., Awaitable[Body]]
Make = Callable[..., Body]


def consents(made: Body) -> str:
    return f"/v1/persons/{made['person_id']}/consents"


async def test_a_consent_is_recorded_told_and_shown(officer: Caller, ask: Ask, database: ServiceDatabase) -> None:
    made = await ask()
    assert made["state"] == "ACTIVE"
    told = (await database.events())[-1]
    assert isinstance(told, ConsentGranted)
    assert (told.recipient, told.purpose, told.basis) == ("PFR", "reintegration_support", "CONSENT")
    assert (told.data_classes, told.agreement_code) == (["IDENTITY", "REINTEGRATION"], "SHARE-REINTEGRATION")
    assert told.stream == f"consent:{made['id']}"
    (shown,) = (await officer.get(consents(made))).json()["items"]
    assert shown["witness"] == {"role": "CHAPLAIN", "account": None, "full_name": "Invented Witness"}
    assert (shown["state"], shown["recorded_by"], shown["version"]) == ("ACTIVE", "acc-huye-1", 1)
    assert shown["text_hash"].startswith("sha256:")


async def test_the_witness_is_written_down_sealed(ask: Ask, database: ServiceDatabase) -> None:
    await ask()
    (row,) = await database.rows("SELECT * FROM consent")
    assert b"Invented" not in row["witness_name"]
    assert b"Witness" not in b"".join(bytes(r["payload"]) for r in await database.rows("SELECT payload FROM outbox"))
    with pytest.raises(Exception, match="append-only"):
        await database.execute("UPDATE consent SET withdrawn_at = now(), withdrawn_by = 'x'")
        await database.execute("UPDATE consent SET withdrawn_at = NULL, withdrawn_by = NULL")


async def test_reading_leaves_a_record_and_names_only_to_those_who_may_identify(
    api: Api, protection: Caller, ask: Ask, database: ServiceDatabase
) -> None:
    made = await ask()
    (shown,) = (await protection.get(consents(made))).json()["items"]
    assert shown["witness"]["full_name"] is None
    records = [event for event in await database.events(access=True) if isinstance(event, AccessRecorded)]
    assert (records[-1].operation, records[-1].view, records[-1].actor) == ("consent.list", "unnamed", "acc-dpo")
    assert [str(one) for one in records[-1].person_ids] == [made["person_id"]]


async def test_the_state_follows_from_the_moment_asked_for(officer: Caller, ask: Ask) -> None:
    made = await ask(valid_to="2027-01-01")
    other = await ask(person_id=made["person_id"], recipient="DIDE", valid_from="2026-12-01", valid_to="2027-01-01")
    await officer.post(f"/v1/consents/{made['id']}/withdrawal", {})

    async def states(at: str | None = None) -> list[str]:
        answer = await officer.get(consents(other), params={"as_of": at} if at else {})
        return [item["state"] for item in answer.json()["items"]]

    assert await states() == ["WITHDRAWN", "NOT_YET"]
    assert await states("2026-11-22T00:00:00Z") == ["NOT_YET", "NOT_YET"]
    assert await states("2026-12-31T21:59:59Z") == ["WITHDRAWN", "ACTIVE"]
    assert await states("2026-12-31T22:00:00Z") == ["WITHDRAWN", "EXPIRED"]
    assert (await officer.get(consents(made), params={"as_of": "yesterday"})).status_code == 422


async def test_the_history_comes_in_pages(officer: Caller, ask: Ask) -> None:
    made = await ask()
    await ask(person_id=made["person_id"], recipient="DIDE")
    first = (await officer.get(consents(made), params={"limit": 1})).json()
    second = (await officer.get(consents(made), params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [page["items"][0]["recipient"] for page in (first, second)] == ["PFR", "DIDE"]
    assert second["next_cursor"] is None
    bad = await officer.get(consents(made), params={"cursor": first["next_cursor"] + "x"})
    assert (bad.status_code, bad.json()["code"]) == (422, "cursor-invalid")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"purpose": "custody_management"}, 409, "duty-not-consent"),
        ({"purpose": "marketing"}, 422, "invalid-fields"),
        ({"purpose": "family_contact"}, 422, "consent-text-for-other-purpose"),
        ({"agreement_code": "SHARE-ALL"}, 422, "consent-text-unknown"),
        ({"agreement_version": 2}, 422, "consent-text-unknown"),
        ({"given_at": "2023-06-01", "valid_to": "2024-06-01"}, 409, "consent-text-not-in-force"),
        ({"language": "sw"}, 422, "invalid-fields"),
        ({"data_classes": ["HEALTH"]}, 422, "data-class-outside-text"),
        ({"data_classes": []}, 422, "invalid-fields"),
        ({"valid_to": "2028-11-24"}, 422, "consent-too-long"),
        ({"valid_to": "2026-11-23"}, 422, "consent-period-invalid"),
        ({"valid_to": None}, 422, "invalid-fields"),
        ({"valid_from": "2026-11-22"}, 422, "consent-acts-backwards"),
        ({"given_at": "2026-11-24"}, 422, "in-the-future"),
        ({"witness": None}, 422, "witness-missing"),
        ({"witness": {"role": "LAWYER"}}, 422, "witness-missing"),
        ({"witness": {"role": "OFFICER", "account": "acc-huye-1"}}, 422, "witness-is-recorder"),
        ({"method": "WRITTEN", "witness": None}, 422, "proof-missing"),
        ({"secret-field": "x"}, 422, "invalid-fields"),
    ],
)
async def test_a_consent_is_refused_with_a_code(
    officer: Caller, admit: Admit, make_consent: Make, database: ServiceDatabase, change: Body, status: int, code: str
) -> None:
    made = await admit()
    answer = await officer.post(consents(made), make_consent(**change))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await database.value("SELECT count(*) FROM consent") == 0


@pytest.mark.parametrize("birth", [{"born_on": "2012-05-04"}, {"born_on": None}])
async def test_a_child_or_somebody_of_unknown_age_consents_with_a_guardian(
    officer: Caller, admit: Admit, make_consent: Make, birth: Body
) -> None:
    made = await admit(person={"national_id": None, **birth})
    alone = await officer.post(consents(made), make_consent())
    assert (alone.status_code, alone.json()["code"]) == (422, "guardian-missing")
    guardian = {"relation": "MOTHER", "full_name": "Invented Mother"}
    assert (await officer.post(consents(made), make_consent(guardian=guardian))).status_code == 201
    (shown,) = (await officer.get(consents(made))).json()["items"]
    assert shown["guardian"] == guardian


async def test_two_for_the_same_purpose_and_recipient_never_overlap(
    officer: Caller, ask: Ask, make_consent: Make
) -> None:
    made = await ask()
    path = consents(made)
    again = await officer.post(path, make_consent())
    assert (again.status_code, again.json()["code"]) == (409, "consent-overlaps")
    renewed = make_consent(valid_from="2027-11-23T10:00:00Z", valid_to="2028-11-23T10:00:00Z")
    assert (await officer.post(path, renewed)).json()["state"] == "NOT_YET"
    await officer.post(f"/v1/consents/{made['id']}/withdrawal", {})
    assert (await officer.post(path, make_consent())).status_code == 201


async def test_a_consent_replayed_is_recorded_once(
    officer: Caller, admit: Admit, make_consent: Make, database: ServiceDatabase
) -> None:
    made, key = await admit(), {"Idempotency-Key": "one-consent"}
    first = await officer.post(consents(made), make_consent(), headers=key)
    second = await officer.post(consents(made), make_consent(), headers=key)
    assert (second.status_code, second.json()) == (201, first.json())
    assert second.headers["Idempotency-Replayed"] == "true"
    other = await officer.post(consents(made), make_consent(recipient="DIDE"), headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    keyless = await officer.post(consents(made), make_consent(), keyed=False)
    assert (keyless.status_code, keyless.json()["code"]) == (428, "idempotency-key-missing")
    assert await database.value("SELECT count(*) FROM consent") == 1


async def test_who_may_record_and_read(
    api: Api, officer: Caller, elsewhere: Caller, psychosocial: Caller, protection: Caller, ask: Ask,
    make_consent: Make, database: ServiceDatabase,
) -> None:  # fmt: skip
    made = await ask()
    path, body = consents(made), make_consent(recipient="DIDE")
    await database.execute(
        "UPDATE person_scope SET worker_id = 'acc-cw', org = 'PFR' WHERE person_id = $1", made["person_id"]
    )
    carrier = api.as_("caseworker", sub="acc-cw", org="PFR")
    stranger = api.as_("caseworker", sub="acc-cw-2", org="PFR")
    supervisor = api.as_("supervisor", org="PFR")
    for caller, status in ((api.nobody(), 401), (supervisor, 403), (protection, 403), (elsewhere, 404)):
        assert (await caller.post(path, body)).status_code == status
    for caller, status in ((api.nobody(), 401), (api.as_("administrator"), 403), (elsewhere, 404), (stranger, 404)):
        assert (await caller.get(path)).status_code == status
    for caller in (officer, psychosocial, carrier, supervisor, protection):
        assert len((await caller.get(path)).json()["items"]) == 1
    assert (await stranger.post(path, body)).status_code == 404
    assert (await carrier.post(path, body)).status_code == 201
    assert (await psychosocial.post(path, make_consent(recipient="HAGURUKA"))).status_code == 201
    unknown = f"/v1/persons/{uuid4()}/consents"
    for answer in (await officer.get(unknown), await officer.post(unknown, body)):
        assert (answer.status_code, answer.json()["code"]) == (404, "person-not-found")


async def test_the_dead_are_not_asked(officer: Caller, admit: Admit, make_consent: Make) -> None:
    made = await admit()
    death = {
        "occurred_at": "2026-06-01", "place": "ELSEWHERE", "reference": "REP/1", "family_notified": "YES",
        "authority_notified": "YES", "remains": "HANDED_TO_FAMILY",
    }  # fmt: skip
    assert (await officer.post(f"/v1/persons/{made['person_id']}/death", death)).status_code == 201
    answer = await officer.post(consents(made), make_consent())
    assert (answer.status_code, answer.json()["code"]) == (409, "person-deceased")


async def test_the_texts_are_there_to_be_read_out(api: Api, officer: Caller) -> None:
    every = (await officer.get("/v1/consent-texts")).json()["items"]
    assert len(every) == 24 and all(item["is_current"] for item in every)
    (one,) = (await officer.get("/v1/consent-texts?purpose=research&language=en")).json()["items"]
    assert "no effect on your custody" in one["body"] and one["is_reviewed"]
    assert (await api.nobody().get("/v1/consent-texts")).status_code == 401
    assert (await api.as_("me_officer").get("/v1/consent-texts")).status_code == 403
    assert (await officer.get("/v1/consent-texts?language=sw")).status_code == 422


async def test_the_upgrade_knows_who_agreed_before_it(officer: Caller, ask: Ask, database: ServiceDatabase) -> None:
    made, other = await ask(), await ask(recipient="DIDE")
    assert (await officer.post(f"/v1/consents/{other['id']}/withdrawal", {})).status_code == 200
    kept = await database.rows("SELECT * FROM casework_consent ORDER BY recipient")
    assert [(row["recipient"], row["ended_at"] is None) for row in kept] == [("DIDE", False), ("PFR", True)]
    assert str(kept[1]["consent_id"]) == made["id"]
    await database.execute("DELETE FROM casework_consent")
    await migrate_as_owner(database, "intake_owner", fill_consents, "consent", "id", "withdrawn_at")
    assert await database.rows("SELECT * FROM casework_consent ORDER BY recipient") == kept
