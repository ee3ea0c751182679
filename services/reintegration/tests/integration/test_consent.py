"""An organisation sees whom it carries while the person agrees to it; the facility sees whom nobody may work with."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from inzira_platform.clock import FixedClock
from inzira_platform.testing.client import Caller
from inzira_platform.testing.consents import agreement, taken_back
from reintegration_scene import COMMUNITY, DUTY, ORG, SOON, TODAY, Intake, Office

BASE = "/v1/reintegration"
TODAY_AT = datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.fixture
async def unasked(intake: Intake) -> UUID:
    """Somebody whose case is open, and whom nobody has asked yet."""
    return await intake.prospect(SOON, agreed=())


async def seen_by(caller: Caller, person: UUID) -> bool:
    """Whether list and person say that the caller sees them: they must agree."""
    listed = (await caller.get(f"{BASE}/cases", params={"limit": 200})).json()["items"]
    alone = (await caller.get(f"{BASE}/persons/{person}/cases")).status_code == 200
    assert (str(person) in [case["person_id"] for case in listed]) is alone
    return alone


async def shown(officer: Caller, person: UUID) -> dict[str, Any]:
    """The case as the facility is shown it."""
    found: dict[str, Any] = (await officer.get(f"{BASE}/persons/{person}/cases")).json()["items"][0]
    return found


async def test_a_case_opens_by_itself_and_only_the_facility_sees_it(office: Office, unasked: UUID) -> None:
    case = await shown(office.officer, unasked)
    assert (case["worker_id"], case["consent"]) == (DUTY.worker_id, "MISSING")
    assert (await office.officer.get(f"{BASE}/cases/{case['id']}")).json()["consent"] == "MISSING"
    for caller in (office.duty, office.supervisor):
        assert not await seen_by(caller, unasked)
        week = (await caller.get(f"{BASE}/worklist", params={"days": 92})).json()
        assert week["due"] == week["overdue"] == week["consents"] == []
        assert (await caller.get(f"{BASE}/cases/{case['id']}")).status_code == 404


async def test_the_facility_finds_those_to_ask(intake: Intake, office: Office, unasked: UUID) -> None:
    asked = await intake.prospect(SOON)
    for query, expected in (("missing", unasked), ("standing", asked)):
        found = (await office.officer.get(f"{BASE}/cases", params={"consent": query})).json()["items"]
        assert [(case["person_id"], case["consent"]) for case in found] == [(str(expected), query.upper())]
    assert (await office.officer.get(f"{BASE}/cases", params={"consent": "maybe"})).status_code == 422
    (waiting,) = (await office.officer.get(f"{BASE}/worklist")).json()["consents"]
    assert (waiting["person_id"], waiting["org"], waiting["state"]) == (str(unasked), ORG, "PRE_RELEASE")
    elsewhere = office.api.as_("rcs_psychosocial_officer", facility="MUS")
    assert (await elsewhere.get(f"{BASE}/worklist")).json()["consents"] == []


async def test_the_organisation_sees_from_the_consent_to_its_end(intake: Intake, office: Office, unasked: UUID) -> None:
    given = agreement(unasked, ORG)
    await intake.deliveries.send(given)
    assert await seen_by(office.duty, unasked) and await seen_by(office.supervisor, unasked)
    assert (await shown(office.officer, unasked))["consent"] == "STANDING"
    assert (await office.officer.get(f"{BASE}/worklist")).json()["consents"] == []
    case = await office.case_of(unasked)
    assert (await office.duty.get(f"{BASE}/cases/{case['id']}")).json()["consent"] is None
    await intake.deliveries.send(taken_back(given, TODAY_AT))
    assert not await seen_by(office.duty, unasked) and not await seen_by(office.supervisor, unasked)
    assert (await shown(office.officer, unasked))["consent"] == "MISSING"


async def test_a_consent_expires_at_its_moment_without_any_event(
    intake: Intake, office: Office, unasked: UUID, clock: FixedClock
) -> None:
    begins, ends = TODAY_AT + timedelta(hours=1), TODAY_AT + timedelta(hours=2)
    await intake.deliveries.send(agreement(unasked, ORG, valid_from=begins, valid_to=ends))
    instant = timedelta(microseconds=1)
    for at, expected in ((begins - instant, False), (begins, True), (ends - instant, True), (ends, False)):
        clock.set(at)
        fresh = Office(office.api)
        assert await seen_by(fresh.duty, unasked) is await seen_by(fresh.supervisor, unasked) is expected, at


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({"org": "PFR"}, False),
        ({"org": ORG, "purpose": "curriculum"}, False),
        ({"org": ORG, "basis": "LEGAL_DUTY"}, True),
    ],
)
async def test_what_counts(intake: Intake, office: Office, unasked: UUID, said: dict[str, str], counts: bool) -> None:
    await intake.deliveries.send(agreement(unasked, **said))  # type: ignore[arg-type]  # names of its own
    assert await seen_by(office.duty, unasked) is counts


async def test_a_consent_to_one_organisation_opens_nothing_to_a_worker_of_another(
    intake: Intake, office: Office, unasked: UUID
) -> None:
    await intake.deliveries.send(agreement(unasked, ORG))
    moved = office.api.as_("caseworker", sub=DUTY.worker_id, org="PFR")
    assert not await seen_by(moved, unasked)


async def test_an_end_that_comes_before_the_beginning_holds(intake: Intake, office: Office, unasked: UUID) -> None:
    given, deliveries = agreement(unasked, ORG), intake.deliveries
    first = deliveries.record(given, version=1)
    second = deliveries.record(taken_back(given, TODAY_AT), version=2)
    await deliveries.send_records(second)
    await deliveries.send_records(first)
    assert not await seen_by(office.duty, unasked), "while the end waits in the parking"
    await deliveries.release()
    assert await deliveries.parked() == []
    assert not await seen_by(office.duty, unasked)


async def test_nobody_takes_over_who_was_not_agreed_to(intake: Intake, office: Office, unasked: UUID) -> None:
    case = (await office.case_of(unasked))["id"]
    offer = {"to_worker": COMMUNITY.worker_id, "to_org": ORG}
    made = await office.post(office.officer, f"cases/{case}/handovers", offer)
    path = f"handovers/{made['id']}/decisions"
    refused = await office.post(office.worker, path, {"decision": "ACCEPT"}, 409)
    assert refused["code"] == "consent-missing" and "facility" in refused["detail"]
    assert (await office.case_of(unasked))["worker_id"] == DUTY.worker_id
    await intake.deliveries.send(agreement(unasked, ORG))
    await office.post(office.worker, path, {"decision": "ACCEPT"})
    assert await seen_by(office.worker, unasked)


async def test_whoever_was_not_agreed_to_may_still_decline(office: Office, unasked: UUID) -> None:
    case = (await office.case_of(unasked))["id"]
    made = await office.post(office.officer, f"cases/{case}/handovers", {"to_worker": "acc-ben", "to_org": "PFR"})
    ben = office.api.as_("caseworker", sub="acc-ben", org="PFR")
    answer = await office.post(ben, f"handovers/{made['id']}/decisions", {"decision": "DECLINE"})
    assert answer["state"] == "DECLINED"


async def test_after_the_release_the_facility_still_sees_whom_to_ask(intake: Intake, office: Office) -> None:
    person = await intake.prospect(TODAY - timedelta(days=1), agreed=())
    await intake.deliveries.send(intake.released(person, date(2026, 11, 22)))
    (waiting,) = (await office.officer.get(f"{BASE}/worklist")).json()["consents"]
    assert (waiting["person_id"], waiting["state"]) == (str(person), "FOLLOW_UP")
    assert not await seen_by(office.worker, person)
