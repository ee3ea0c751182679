"""POST movements and death: reach, order of facts, guards, and what is told."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from inzira_contracts.intake import DatesComputed, PersonDied, PersonMoved
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.database import ServiceDatabase

Body = dict[str, Any]
Admit = Callable[..., Awaitable[Body]]
DEPARTED = {
    "kind": "TRANSFER_DEPARTED",
    "occurred_at": "2025-03-01T08:00:00+02:00",
    "to_facility": "MUS",
    "reference": "TR/1",
}
RECEIVED = {"kind": "TRANSFER_RECEIVED", "occurred_at": "2025-03-01T17:00:00+02:00"}
DEATH = {
    "occurred_at": "2026-02-03",
    "place": "HOSPITAL",
    "reference": "REP/9",
    "family_notified": "YES",
    "authority_notified": "YES",
    "remains": "HANDED_TO_FAMILY",
}


def movements(made: Body) -> str:
    return f"/v1/persons/{made['person_id']}/movements"


async def test_a_transfer_is_seen_by_both_until_received_then_by_the_receiver(
    officer: Caller, elsewhere: Caller, admit: Admit, database: ServiceDatabase
) -> None:
    made = await admit()
    person = f"/v1/persons/{made['person_id']}"
    assert (await elsewhere.get(person)).status_code == 404
    departed = await officer.post(movements(made), DEPARTED)
    assert (departed.status_code, departed.json()["custody_state"]) == (201, "IN_TRANSIT")
    assert (await officer.get(person)).json()["facility"] == "HUY"
    assert (await elsewhere.get(person)).status_code == 200
    received = await elsewhere.post(movements(made), RECEIVED)
    assert (received.status_code, received.json()["custody_state"]) == (201, "IN_FACILITY")
    assert (await elsewhere.get(person)).json()["facility"] == "MUS"
    for path in (person, f"{person}/custody"):
        assert (await officer.get(path)).status_code == 404
    moved = [event for event in await database.events() if isinstance(event, PersonMoved)]
    assert [(event.kind, event.from_facility, event.to_facility) for event in moved] == [
        ("TRANSFER_DEPARTED", "HUY", "MUS"),
        ("TRANSFER_RECEIVED", "HUY", "MUS"),
    ]


async def test_the_sender_cannot_receive_and_the_receiver_cannot_act_before(
    officer: Caller, elsewhere: Caller, admit: Admit
) -> None:
    made = await admit()
    await officer.post(movements(made), DEPARTED)
    refused = await officer.post(movements(made), RECEIVED)
    assert (refused.status_code, refused.json()["code"]) == (403, "other-facility")
    escape = {"kind": "ESCAPED", "occurred_at": "2025-03-01T12:00:00+02:00", "reference": "REP/1"}
    assert (await elsewhere.post(movements(made), escape)).status_code == 403


async def test_a_replayed_movement_is_recorded_once(officer: Caller, admit: Admit, database: ServiceDatabase) -> None:
    made, key = await admit(), {"Idempotency-Key": "one-departure"}
    first = await officer.post(movements(made), DEPARTED, headers=key)
    again = await officer.post(movements(made), DEPARTED, headers=key)
    assert first.json() == again.json()
    assert await database.value("SELECT count(*) FROM custody_fact WHERE kind = 'TRANSFER_DEPARTED'") == 1


async def test_movements_need_token_role_and_reach(api: Api, elsewhere: Caller, admit: Admit) -> None:
    path = movements(await admit())
    assert (await api.nobody().post(path, DEPARTED)).status_code == 401
    assert (await api.as_("rcs_psychosocial_officer", facility="HUY").post(path, DEPARTED)).status_code == 403
    assert (await elsewhere.post(path, DEPARTED)).status_code == 404
    assert (await elsewhere.post(f"/v1/persons/{uuid4()}/movements", DEPARTED)).status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"reference": None}, 422, "reference-missing"),
        ({"to_facility": None}, 422, "destination"),
        ({"to_facility": "ZZZ"}, 422, "facility-unknown"),
        ({"to_facility": "NYM"}, 422, "facility-closed"),
        ({"to_facility": "HUY"}, 409, "illegal-transition"),
        ({"occurred_at": "2026-12-01"}, 422, "in-the-future"),
        ({"occurred_at": "2024-02-01"}, 409, "before-admission"),
        ({"kind": "HOSPITAL_IN", "to_facility": None}, 409, "illegal-transition"),
        ({"kind": "LEAVE_GRANTED", "to_facility": None}, 422, "authority-missing"),
        ({"kind": "LEAVE_GRANTED", "to_facility": None, "authority": "RCS"}, 422, "due-back-missing"),
        ({"returned_at": "2025-03-02"}, 422, "return-not-possible"),
        ({"legal_status": "ACQUITTED"}, 422, "legal-status-not-here"),
        ({"kind": "FLOWN"}, 422, "invalid-fields"),
        ({"occurred_at": "1850-01-01T00:00:00Z"}, 422, "invalid-fields"),
        ({"occurred_at": "2025-03-01T08:00:00"}, 422, "invalid-fields"),
    ],
)
async def test_movements_refused_with_a_code(
    officer: Caller, admit: Admit, change: Body, status: int, code: str
) -> None:
    body = {name: value for name, value in {**DEPARTED, **change}.items() if value is not None}
    answer = await officer.post(movements(await admit()), body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_late_stay_takes_its_place_and_a_contradiction_is_refused(
    officer: Caller, elsewhere: Caller, admit: Admit
) -> None:
    made = await admit()
    await officer.post(movements(made), DEPARTED)
    await elsewhere.post(movements(made), RECEIVED)
    stay = {"kind": "HOSPITAL_OUT", "occurred_at": "2024-06-01", "reference": "REF/2"}
    refused = await elsewhere.post(movements(made), stay)
    assert (refused.status_code, refused.json()["code"]) == (409, "order-contradiction")
    assert refused.json()["fact"] == "TRANSFER_DEPARTED"
    late = await elsewhere.post(movements(made), {**stay, "returned_at": "2024-06-09"})
    assert (late.status_code, late.json()["custody_state"]) == (201, "IN_FACILITY")


async def test_an_escape_stops_the_clock_and_recapture_moves_the_dates(
    officer: Caller, admit: Admit, database: ServiceDatabase
) -> None:
    made = await admit()
    escaped = {"kind": "ESCAPED", "occurred_at": "2025-01-01", "reference": "REP/1"}
    assert (await officer.post(movements(made), escaped)).json()["custody_state"] == "ESCAPED"
    recaptured = {"kind": "RECAPTURED", "occurred_at": "2025-02-10", "reference": "REP/2", "at_facility": "RUB"}
    assert (await officer.post(movements(made), recaptured)).status_code == 201
    dates = [event for event in await database.events() if isinstance(event, DatesComputed)]
    assert [str(event.expected_release_on) for event in dates] == ["2028-01-31", "None", "2028-03-11"]
    assert [event.parole_status for event in dates] == ["FROM_DATE", "CLOCK_STOPPED", "FROM_DATE"]
    assert (await officer.get(f"/v1/persons/{made['person_id']}")).status_code == 404


async def test_court_may_change_the_legal_status(officer: Caller, admit: Admit, database: ServiceDatabase) -> None:
    made = await admit()
    out = {"kind": "COURT_OUT", "occurred_at": "2025-01-07T08:00:00+02:00", "reference": "HEAR/1"}
    back = {"kind": "COURT_IN", "occurred_at": "2025-01-07T15:00:00+02:00", "legal_status": "ACQUITTED"}
    await officer.post(movements(made), out)
    assert (await officer.post(movements(made), back)).status_code == 201
    told = (await database.events())[-1]
    assert isinstance(told, DatesComputed)
    assert (told.legal_status, told.expected_release_on) == ("ACQUITTED", None)


async def test_leave_and_return(officer: Caller, admit: Admit) -> None:
    made = await admit()
    leave = {
        "kind": "LEAVE_GRANTED",
        "occurred_at": "2025-04-01",
        "reference": "LV/1",
        "authority": "Invented commissioner",
        "due_back_on": "2025-04-05",
    }
    assert (await officer.post(movements(made), leave)).json()["custody_state"] == "TEMPORARY_LEAVE"
    back = {"kind": "LEAVE_RETURNED", "occurred_at": "2025-04-05"}
    assert (await officer.post(movements(made), back)).json()["custody_state"] == "IN_FACILITY"


async def test_the_halfway_centre_asks_for_its_conditions_or_two_persons(
    api: Api, officer: Caller, admit: Admit
) -> None:
    made = await admit(sentence={"parts": [{"duration": "P4Y", "starts_on": "2023-07-01"}]})
    move = {"kind": "HALFWAY_MOVED", "occurred_at": "2026-10-01", "reference": "HW/1", "to_facility": "HRC"}
    refused = await officer.post(movements(made), move)
    assert (refused.status_code, refused.json()["reason"]) == (409, "CONDUCT")
    early = {**move, "occurred_at": "2026-05-01", "good_conduct": True}
    assert (await officer.post(movements(made), early)).json()["reason"] == "MONTHS_LEFT"
    alone = {**early, "override_reason": "invented reason", "approved_by": "acc-huye-1"}
    assert (await officer.post(movements(made), alone)).status_code == 422
    moved = await officer.post(movements(made), {**move, "good_conduct": True})
    assert (moved.status_code, moved.json()["custody_state"]) == (201, "HALFWAY")
    there = api.as_("rcs_intake_officer", facility="HRC")
    assert (await there.get(f"/v1/persons/{made['person_id']}")).json()["facility"] == "HRC"


async def test_death_is_terminal_and_told(officer: Caller, admit: Admit, database: ServiceDatabase) -> None:
    made = await admit()
    path = f"/v1/persons/{made['person_id']}/death"
    assert (await officer.post(path, {**DEATH, "occurred_at": "2027-01-01"})).status_code == 422
    assert (await officer.post(path, DEATH)).status_code == 201
    told = (await database.events())[-1]
    assert isinstance(told, PersonDied)
    assert (str(told.died_on), str(told.episode_id)) == ("2026-02-03", made["episode_id"])
    again = await officer.post(path, DEATH)
    assert (again.status_code, again.json()["code"]) == (409, "person-deceased")
    after = {"kind": "COURT_OUT", "occurred_at": "2026-02-04", "reference": "H/1"}
    assert (await officer.post(movements(made), after)).json()["code"] == "no-open-episode"
    person = (await officer.get(f"/v1/persons/{made['person_id']}")).json()
    assert (person["custody_state"], person["died_on"]) == ("DECEASED", "2026-02-03")


async def test_death_needs_token_role_reach_and_all_parts(api: Api, elsewhere: Caller, admit: Admit) -> None:
    path = f"/v1/persons/{(await admit())['person_id']}/death"
    assert (await api.nobody().post(path, DEATH)).status_code == 401
    assert (await api.as_("caseworker", org="PFR").post(path, DEATH)).status_code == 403
    assert (await elsewhere.post(path, DEATH)).status_code == 404
    assert (await elsewhere.post(path, {**DEATH, "remains": None})).status_code == 422
