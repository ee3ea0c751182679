"""Inbox, version guard, waiting and parking, on the real database."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from inzira_contracts.curriculum import CertificateIssued, EnrolmentChanged
from inzira_contracts.intake import PersonAdmitted
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api
from inzira_platform.testing.deliveries import Deliveries

AT = datetime(2026, 1, 2, tzinfo=UTC)


def admitted(person: UUID) -> PersonAdmitted:
    return PersonAdmitted(
        person_id=person,
        occurred_at=AT,
        recorded_by="acc-1",
        episode_id=new_id(),
        facility="HUY",
        admission_kind="NEW",
        legal_status="CONVICTED_FINAL",
        sex="F",
    )


def changed(person: UUID, reason: str | None = None) -> EnrolmentChanged:
    return EnrolmentChanged(
        person_id=person,
        occurred_at=AT,
        recorded_by="acc-1",
        enrolment_id=new_id(),
        from_state="ENROLLED",
        to_state="ACTIVE",
        reason_code=reason,
    )


def certified(person: UUID, reason: str | None = None) -> CertificateIssued:
    return CertificateIssued(
        person_id=person,
        occurred_at=AT,
        recorded_by="acc-1",
        enrolment_id=new_id(),
        certificate_id=new_id(),
        serial="INZ-2026-0001",
        programme_code="RCS-CORE-8",
        reason_code=reason,
    )


async def codes(deliveries: Deliveries) -> list[str]:
    rows = await deliveries.database.rows("SELECT code, person_id FROM note ORDER BY code")
    return [row["code"].replace(f"-{row['person_id']}", "") for row in rows]


async def test_effects_once_whatever_is_delivered_again(deliveries: Deliveries) -> None:
    person = new_id()
    await deliveries.send(admitted(person))
    first, second = deliveries.record(changed(person)), deliveries.record(changed(person))
    await deliveries.send_records(first, first, second)
    await deliveries.send_records(second, first)
    assert await codes(deliveries) == ["V1", "V2"]
    assert await deliveries.parked() == []


async def test_event_before_the_one_it_depends_on_waits_its_turn(deliveries: Deliveries) -> None:
    person, other = new_id(), new_id()
    await deliveries.send(admitted(other))
    await deliveries.send(changed(person), changed(other), changed(person))
    assert await codes(deliveries) == ["V1"], "others are never delayed"
    assert [row["reason"] for row in await deliveries.parked()] == ["waiting", "behind"]
    assert await deliveries.release() == 0
    await deliveries.send(admitted(person))
    assert await deliveries.release() == 2
    assert await codes(deliveries) == ["V1", "V1", "V2"]
    assert await deliveries.parked() == []


async def test_gap_is_held_until_the_missing_version_comes(deliveries: Deliveries) -> None:
    person = new_id()
    await deliveries.send(admitted(person))
    one, two, three = (deliveries.record(changed(person)) for _ in range(3))
    await deliveries.send_records(one, three)
    assert [row["reason"] for row in await deliveries.parked()] == ["gap"]
    await deliveries.send_records(two)
    assert await codes(deliveries) == ["V1"], "what is behind a parked event keeps the order"
    assert await deliveries.release() == 2
    assert await codes(deliveries) == ["V1", "V2", "V3"]


async def test_contradiction_is_parked_with_reason_and_the_rest_goes_on(deliveries: Deliveries) -> None:
    person, other = new_id(), new_id()
    await deliveries.send(admitted(person), admitted(other))
    await deliveries.send(changed(person, "CONTRADICTION"), changed(other), changed(person))
    assert await codes(deliveries) == ["V1"]
    parked = await deliveries.parked()
    assert (parked[0]["reason"], parked[0]["detail"]) == ("contradiction", "note-refused")
    assert parked[1]["reason"] == "behind"
    assert await deliveries.release() == 0


async def test_poison_of_every_kind_is_parked(deliveries: Deliveries) -> None:
    person = new_id()
    await deliveries.send(admitted(person))
    record = deliveries.record(changed(person))
    assert record.envelope is not None
    newer = record.envelope._replace(type=record.envelope.type.replace(".v1", ".v9"))
    await deliveries.send_records(replace(record, envelope=newer, headers=newer.to_headers()))
    broken = deliveries.record(changed(new_id()))
    await deliveries.send_records(replace(broken, payload=b"{"))
    await deliveries.send_records(replace(record, envelope=None, headers=[], fault="ce_id is missing"))
    assert {row["reason"] for row in await deliveries.parked()} == {"unknown-version", "malformed", "undecodable"}


async def test_poison_does_not_tear_apart_the_batch_it_comes_in(deliveries: Deliveries) -> None:
    """A newer service that tells of something unknown here, often, costs the consumer a row and no more."""
    poisoned, *others = [new_id() for _ in range(3)]
    await deliveries.send(*[admitted(person) for person in (poisoned, *others)])
    unread = replace(deliveries.record(changed(poisoned)), payload=b"{")
    await deliveries.send_records(
        deliveries.record(certified(others[0])),
        unread,
        deliveries.record(changed(poisoned)),
        deliveries.record(certified(others[1])),
    )
    assert await codes(deliveries) == ["C1-OF-2", "C1-OF-2"]
    assert [row["reason"] for row in await deliveries.parked()] == ["malformed", "behind"]


async def test_operator_discards_or_retries(deliveries: Deliveries, api: Api) -> None:
    person = new_id()
    await deliveries.send(admitted(person))
    await deliveries.send(changed(person, "CONTRADICTION"), changed(person))
    operator = api.as_("administrator")
    listed = (await operator.get("/v1/operations/tvet/events/parked")).json()["items"]
    assert {item["reason"] for item in listed} == {"contradiction", "behind"}
    assert all("payload" not in item for item in listed)
    path = "/v1/operations/tvet/events/replay"
    assert (await operator.post(path, {"reason": "try again"})).json() == {"count": 1}
    assert await deliveries.release() == 0
    assert (await deliveries.parked())[0]["attempts"] > 1
    await operator.post(path, {"reason": "known to be wrong", "action": "discard"})
    assert await deliveries.release() == 2
    assert await codes(deliveries) == ["V2"]
    lag = (await operator.get("/v1/operations/tvet/events/lag")).json()
    assert lag["parked"] == {}
    assert (await api.as_("caseworker").get("/v1/operations/tvet/events/lag")).status_code == 403


async def test_scanner_runs_until_nothing_is_due(deliveries: Deliveries) -> None:
    person = new_id()
    await deliveries.send(admitted(person))
    await deliveries.send(changed(person), changed(person))
    assert await deliveries.scan("notes") == 2
    assert await deliveries.scan("notes") == 0


async def test_what_is_taken_together_keeps_its_place_among_the_others(deliveries: Deliveries) -> None:
    person, other = new_id(), new_id()
    await deliveries.send(admitted(person), admitted(other))
    await deliveries.send(
        certified(person), certified(other), certified(person), changed(person), changed(other), certified(other)
    )
    assert await codes(deliveries) == ["C1-OF-3", "C1-OF-3", "C2-OF-3", "C3-OF-1", "V2", "V3"]
    assert await deliveries.parked() == []


async def test_one_refused_of_those_taken_together_is_parked_and_the_others_are_kept(deliveries: Deliveries) -> None:
    person, other = new_id(), new_id()
    await deliveries.send(admitted(person), admitted(other))
    await deliveries.send(certified(other), certified(person, "CONTRADICTION"), certified(person), certified(other))
    assert await codes(deliveries) == ["C1-OF-1", "C2-OF-1"]
    assert [row["reason"] for row in await deliveries.parked()] == ["contradiction", "behind"]


async def test_those_taken_together_count_once_however_often_they_come(deliveries: Deliveries) -> None:
    person = new_id()
    await deliveries.send(admitted(person))
    one, two, three = (deliveries.record(certified(person)) for _ in range(3))
    await deliveries.send_records(one, one, three, two)
    assert [row["reason"] for row in await deliveries.parked()] == ["gap", "behind"]
    await deliveries.send_records(two, one)
    assert await deliveries.release() == 2
    assert await codes(deliveries) == ["C1-OF-1", "C2-OF-1", "C3-OF-1"]
