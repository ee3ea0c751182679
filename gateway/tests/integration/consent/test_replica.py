"""What the gateway knows of consents, however intake's word arrives."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from gateway_scene import Person
from inzira_contracts.intake import ConsentGranted, ConsentWithdrawn
from inzira_gateway.consent.service import ActiveConsent, active_consents, consenting_persons
from inzira_gateway.transactions import Transactions
from inzira_platform.ids import new_id
from inzira_platform.migrations import fill_consents
from inzira_platform.testing.client import Api
from inzira_platform.testing.consents import agreement, taken_back
from inzira_platform.testing.database import ServiceDatabase, migrate_as_owner
from inzira_platform.testing.deliveries import Deliveries

NOON = datetime(2026, 11, 23, 10, tzinfo=UTC)
END = NOON + timedelta(days=365)
ABOUT = {"purpose": "reintegration_support", "recipient": "PFR", "basis": "CONSENT"}


def granted(person: UUID, consent: UUID, **changes: object) -> ConsentGranted:
    fields = {
        "person_id": person, "consent_id": consent, "occurred_at": NOON, "recorded_by": "acc-huye",
        "data_classes": ["IDENTITY", "CUSTODY"], "agreement_code": "SHARE-REINTEGRATION", "agreement_version": 1,
        "valid_from": NOON, "valid_to": END, **ABOUT, **changes,
    }  # fmt: skip
    return ConsentGranted.model_validate(fields)


def withdrawn(person: UUID, consent: UUID, **changes: object) -> ConsentWithdrawn:
    fields = {
        "person_id": person, "consent_id": consent, "occurred_at": NOON + timedelta(hours=1),
        "recorded_by": "acc-huye", **ABOUT, **changes,
    }  # fmt: skip
    return ConsentWithdrawn.model_validate(fields)


async def active(api: Api, person: UUID, at: datetime = NOON, recipient: str = "PFR") -> list[ActiveConsent]:
    async with Transactions(api.app.state.sessions).begin() as session:
        return await active_consents(session, recipient, [person], at)


async def test_a_consent_holds_for_its_recipient_between_its_moments(api: Api, deliveries: Deliveries) -> None:
    person, consent = new_id(), new_id()
    await deliveries.send(granted(person, consent))
    (one,) = await active(api, person)
    assert (one.consent_id, one.person_id, one.purpose, one.basis) == (consent, person, ABOUT["purpose"], "CONSENT")
    assert one.data_classes == {"IDENTITY", "CUSTODY"}
    assert await active(api, person, END - timedelta(microseconds=1))
    for at, recipient in (
        (NOON - timedelta(microseconds=1), "PFR"),
        (END, "PFR"),
        (NOON, "DIDE"),
        (NOON, "pfr"),
    ):
        assert await active(api, person, at, recipient) == []
    assert await active(api, new_id()) == []
    async with Transactions(api.app.state.sessions).begin() as session:
        assert await active_consents(session, "PFR", [], NOON) == []


async def test_a_withdrawal_counts_whatever_the_clocks_say(api: Api, deliveries: Deliveries) -> None:
    person, consent = new_id(), new_id()
    await deliveries.send(granted(person, consent), withdrawn(person, consent))
    assert await active(api, person, NOON) == []
    assert await deliveries.parked() == []


@pytest.mark.parametrize("turned", [False, True])
async def test_the_order_of_arrival_does_not_matter(api: Api, deliveries: Deliveries, turned: bool) -> None:
    person, consent = new_id(), new_id()
    events = [granted(person, consent), withdrawn(person, consent)]
    for event in reversed(events) if turned else events:
        await deliveries.send(event)
    await deliveries.send(granted(person, consent))
    assert await active(api, person) == []
    rows = await deliveries.database.rows("SELECT * FROM consent_grant")
    assert [(row["data_classes"], row["valid_to"]) for row in rows] == [(["IDENTITY", "CUSTODY"], END)]


async def test_nothing_is_given_while_something_said_of_the_consent_is_unread(api: Api, deliveries: Deliveries) -> None:
    person, consent, other = new_id(), new_id(), new_id()
    await deliveries.send(granted(person, consent), granted(person, other, purpose="family_contact"))
    await deliveries.send_records(deliveries.record(withdrawn(person, consent), version=3))
    assert [row["reason"] for row in await deliveries.parked()] == ["gap"]
    assert [one.consent_id for one in await active(api, person)] == [other]


async def test_a_fault_in_another_fact_of_the_person_holds_up_no_withdrawal(api: Api, deliveries: Deliveries) -> None:
    person = Person(new_id())
    consent = new_id()
    await deliveries.send(person.admitted(), granted(person.id, consent))
    await deliveries.send_records(deliveries.record(person.dated("2027-01-01"), version=9))
    await deliveries.send(withdrawn(person.id, consent))
    assert await active(api, person.id) == []
    assert len(await deliveries.parked()) == 1


async def test_a_legal_duty_is_told_from_a_consent(api: Api, deliveries: Deliveries) -> None:
    person, duty = new_id(), new_id()
    law = {"basis": "LEGAL_DUTY", "purpose": "custody_management", "recipient": "NPPA"}
    event = granted(person, duty, agreement_code="PAROLE-SUPERVISION", valid_to=None, **law)
    await deliveries.send(event)
    (one,) = await active(api, person, NOON + timedelta(days=5000), "NPPA")
    assert (one.basis, one.agreement_code, one.valid_to) == ("LEGAL_DUTY", "PAROLE-SUPERVISION", None)
    async with Transactions(api.app.state.sessions).begin() as session:
        for basis, found in (("CONSENT", []), ("LEGAL_DUTY", [person])):
            query = consenting_persons("NPPA", basis, ["custody_management"], NOON)
            assert list((await session.execute(query)).scalars()) == found
        nothing = consenting_persons("NPPA", "LEGAL_DUTY", [], NOON)
        assert list((await session.execute(nothing)).scalars()) == []
    await deliveries.send(withdrawn(person, duty, **law))
    assert await active(api, person, NOON, "NPPA") == []


async def test_the_journey_tells_of_consents_in_three_languages(api: Api, deliveries: Deliveries) -> None:
    person = Person(new_id())
    consent, duty = new_id(), new_id()
    law = {"basis": "LEGAL_DUTY", "recipient": "NPPA", "agreement_code": "CASE-RECORD"}
    await deliveries.send(
        person.admitted(), granted(person.id, consent), granted(person.id, duty, **law),
        withdrawn(person.id, consent),
    )  # fmt: skip
    officer = api.as_("rcs_psychosocial_officer", facility="HUY")
    path = f"/v1/persons/{person.id}/journey"
    items = (await officer.get(path, params={"lang": "en"})).json()["items"]
    assert [(item["summary_code"], item["label"]) for item in items[1:]] == [
        ("intake.consent.granted:CONSENT", "Consent given: reintegration_support, PFR"),
        ("intake.consent.granted:LEGAL_DUTY", "Sharing by law: CASE-RECORD, NPPA"),
        ("intake.consent.withdrawn:CONSENT", "Consent withdrawn: reintegration_support, PFR"),
    ]
    for language, word in (("fr", "Consentement"), ("rw", "ukwemera")):
        items = (await officer.get(path, params={"lang": language})).json()["items"]
        assert word in items[1]["label"]


async def test_only_the_gateway_itself_reads_the_replica(database: ServiceDatabase) -> None:
    connection = await asyncpg.connect(database.app_dsn)
    try:
        for scope in ("facility", "caseload", "org", "national", "oversight", "none", "partner"):
            await connection.execute(f"SET ROLE gateway_s_{scope}")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch("SELECT 1 FROM consent_grant")
    finally:
        await connection.close()


async def test_the_upgrade_knows_who_agreed_before_it(deliveries: Deliveries, database: ServiceDatabase) -> None:
    stands, ends = agreement(new_id(), "PFR"), agreement(new_id(), "DIDE")
    await deliveries.send(stands, ends, agreement(new_id(), "PFR", purpose="research"), taken_back(ends, NOON))
    kept = await database.rows("SELECT * FROM casework_consent ORDER BY recipient")
    assert [(row["consent_id"], row["ended_at"]) for row in kept] == [
        (ends.consent_id, NOON),
        (stands.consent_id, None),
    ]
    await database.execute("DELETE FROM casework_consent")
    await migrate_as_owner(database, "gateway_owner", fill_consents, "consent_grant", "consent_id", "withdrawn_at")
    assert await database.rows("SELECT * FROM casework_consent ORDER BY recipient") == kept
