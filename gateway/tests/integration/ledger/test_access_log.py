"""The disclosure ledger."""

import asyncpg
import pytest
from gateway_scene import AT, Person
from inzira_contracts.access import AccessRecorded
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api
from inzira_platform.testing.deliveries import Deliveries


def shown(person: Person, actor: str = "acc-9", minutes: int = 0) -> AccessRecorded:
    return AccessRecorded.model_validate({
        "person_id": None, "occurred_at": AT.replace(minute=minutes), "recorded_by": actor, "service": "curriculum",
        "operation": "enrolment.read", "person_ids": [person.id], "actor": actor, "agency": "RCS",
        "purpose": "curriculum", "outcome": "ALLOWED", "request_id": str(new_id()), "view": "full",
    })  # fmt: skip


async def test_log_shows_who_was_shown_a_person_latest_first(api: Api, deliveries: Deliveries) -> None:
    person, other = Person(new_id()), Person(new_id())
    await deliveries.send(person.admitted(), other.admitted())
    for minute in range(5):
        await deliveries.send(shown(person, f"acc-{minute}", minute), stream="access:x", version=0)
    await deliveries.send(shown(other), stream="access:x", version=0)
    officer = api.as_("data_protection_officer", sub="acc-dpo")
    page = (await officer.get(f"/v1/persons/{person.id}/access-log?limit=3")).json()
    assert [item["actor"] for item in page["items"]] == ["acc-4", "acc-3", "acc-2"]
    rest = (await officer.get(f"/v1/persons/{person.id}/access-log?limit=3&cursor={page['next_cursor']}")).json()
    assert [item["actor"] for item in rest["items"]] == ["acc-1", "acc-0"]
    first = page["items"][0]
    assert (first["service"], first["operation"], first["purpose"]) == ("curriculum", "enrolment.read", "curriculum")


async def test_reading_the_log_is_in_the_log(api: Api, deliveries: Deliveries) -> None:
    person = Person(new_id())
    await deliveries.send(person.admitted())
    officer = api.as_("data_protection_officer", sub="acc-dpo")
    await officer.get(f"/v1/persons/{person.id}/access-log")
    items = (await officer.get(f"/v1/persons/{person.id}/access-log")).json()["items"]
    assert [(item["actor"], item["operation"]) for item in items] == [("acc-dpo", "access-log.read")]


async def test_log_of_an_unknown_person_is_404_and_of_others_403(api: Api) -> None:
    path = f"/v1/persons/{new_id()}/access-log"
    assert (await api.as_("data_protection_officer").get(path)).status_code == 404
    assert (await api.as_("rcs_intake_officer", facility="HUY").get(path)).status_code == 403


async def test_same_record_delivered_twice_counts_once(api: Api, deliveries: Deliveries) -> None:
    person = Person(new_id())
    record = deliveries.record(shown(person), stream="access:x", version=0)
    await deliveries.send_records(record, record)
    assert await api.database.value("SELECT count(*) FROM access_entry") == 1


async def test_ledger_cannot_be_changed_even_by_its_owner(api: Api, deliveries: Deliveries) -> None:
    await deliveries.send(shown(Person(new_id())), stream="access:x", version=0)
    for statement in ("UPDATE access_entry SET actor = 'x'", "DELETE FROM access_subject"):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await api.database.execute(statement)
