"""The whole road, looked at from outside: what was done is told, in order, to those who may know, and nothing is lost.

Workers and the gateway's worker were killed while it was driven (conftest.py).
"""

import asyncio
import base64
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from inzira_cli.road.admitting import admission
from inzira_cli.road.cast import ADMINISTRATOR, HUYE_INTAKE, SECOND_ADMINISTRATOR
from inzira_cli.road.days import months_after
from inzira_cli.road.people import ABSENT, DECEASED, INSIDE, MOVED, RETURNED, SECOND, UNASSIGNED, WHOLE, invent
from inzira_platform.clock import KIGALI

SESSIONS = 48
IMPORTED = {"admitted": 328, "duplicate": 11, "review": 9, "rejected": 72}
REPEATED = {"curriculum.attendance.recorded", "tvet.attendance.recorded", "tvet.module.assessed"}
SERVICE = "svc:reintegration"
WHOLE_ROAD = [  # what happened to the person who walked the whole road, in the order of the days, and who put it down
    ("intake.person.admitted", "huye.intake"),
    ("intake.consent.granted", "huye.intake"),
    ("intake.consent.withdrawn", "huye.intake"),
    *[("intake.consent.granted", "huye.psychosocial")] * 3,
    ("reintegration.case.opened", SERVICE),
    ("reintegration.worker.assigned", SERVICE),
    ("reintegration.schedule.computed", SERVICE),
    ("reintegration.worker.assigned", "pfr.supervisor"),
    ("reintegration.worker.assigned", "pfr.supervisor"),
    ("curriculum.enrolment.opened", "huye.psychosocial"),
    ("curriculum.test.recorded", "huye.psychosocial"),
    ("curriculum.enrolment.changed", "huye.psychosocial"),
    ("tvet.training.opened", "huye.instructor"),
    ("tvet.training.changed", "huye.instructor"),
    ("tvet.integrated.assessed", "rtb.assessor"),
    ("tvet.training.changed", "rtb.assessor"),
    ("reintegration.assessment.recorded", "huye.psychosocial"),
    ("tvet.training.changed", "huye.instructor"),
    ("tvet.award.granted", "huye.instructor"),
    ("curriculum.test.recorded", "huye.psychosocial"),
    ("curriculum.enrolment.completed", "huye.psychosocial"),
    ("curriculum.certificate.issued", "huye.psychosocial"),
    ("reintegration.plan.agreed", "pfr.worker"),
    ("intake.person.released", "huye.intake.two"),
    ("reintegration.schedule.computed", SERVICE),
    ("reintegration.handover.offered", "pfr.worker"),
    ("reintegration.handover.accepted", "dide.worker"),
    *[("reintegration.visit.recorded", "dide.worker")] * 3,
    ("reintegration.flag.raised", "dide.worker"),
    ("reintegration.flag.changed", "dide.supervisor"),
    *[("reintegration.flag.changed", "dide.worker")] * 2,
    *[("reintegration.visit.recorded", "dide.worker")] * 5,
    ("reintegration.plan.agreed", "dide.worker"),
    ("reintegration.case.closed", "dide.supervisor"),
]


class Walked(Protocol):
    """What conftest.py gives."""

    house: Any
    road: Any
    client: Any
    partner: Any
    began: datetime

    async def ask(self, username: str | None, path: str, **query: str | int) -> tuple[int, Any]: ...

    async def journey(self, username: str, part: str) -> list[dict[str, Any]]: ...

    async def until(self, username: str, path: str, what: str, condition: Any) -> Any: ...  # noqa: ANN401 - JSON


def kind(entry: dict[str, Any]) -> str:
    return str(entry["type"]).removeprefix("inzira.").rsplit(".v", 1)[0]


def kinds(entries: list[dict[str, Any]]) -> Counter[str]:
    return Counter(kind(entry) for entry in entries)


def day(entry: dict[str, Any]) -> date:
    return datetime.fromisoformat(entry["occurred_at"]).astimezone(KIGALI).date()


async def test_the_register_became_what_is_expected(walked: Walked) -> None:
    assert {name: walked.road.counts[name] for name in IMPORTED} == IMPORTED
    status, again = await walked.ask("rcs.registry", f"/v1/imports/{walked.road.counts['import_id']}")
    assert (status, again["total"], again["state"]) == (200, 420, "DONE")


async def test_the_whole_road_is_told_in_order_with_recorder_and_both_times(walked: Walked) -> None:
    entries = await walked.journey("dide.supervisor", WHOLE)
    names = {caller.account_id: caller.username for caller in walked.road.callers.values()}
    told = [
        (kind(entry), names.get(entry["recorded"]["by"], entry["recorded"]["by"]))
        for entry in sorted(entries, key=lambda one: (one["occurred_at"], one["recorded_at"]))
        if kind(entry) not in REPEATED | {"intake.sentence.recorded", "intake.dates.computed"}
    ]
    assert sorted(told) == sorted(WHOLE_ROAD)
    by_day = [entry["occurred_at"] for entry in entries]
    assert by_day == sorted(by_day)
    for entry in entries:
        recorded = datetime.fromisoformat(entry["recorded_at"])
        assert walked.began <= recorded <= datetime.now(UTC)
        assert datetime.fromisoformat(entry["occurred_at"]) <= recorded
        assert entry["label"]


async def test_every_fact_carries_its_own_day(walked: Walked) -> None:
    entries = await walked.journey("dide.supervisor", WHOLE)
    traveller, days = walked.road.one(WHOLE), walked.road.days
    seen = {kind(entry): day(entry) for entry in entries}
    assert seen["intake.person.admitted"] == traveller.admitted_on
    assert seen["intake.person.released"] == traveller.leaves_on
    assert seen["reintegration.case.opened"] == months_after(traveller.leaves_on, -12)
    assert seen["reintegration.handover.accepted"] == traveller.leaves_on + timedelta(days=2)
    attended = [day(entry) for entry in entries if kind(entry) == "curriculum.attendance.recorded"]
    assert attended == [days.session(place) for place in range(SESSIONS)]
    visits = [day(entry) for entry in entries if kind(entry) == "reintegration.visit.recorded"]
    after = [timedelta(days=days_after) for days_after in (3, 14, 30, 60, 90)]
    months = [months_after(traveller.leaves_on, count) for count in (6, 9, 12)]
    assert visits == [*(traveller.leaves_on + span for span in after), *months]


async def test_nothing_was_lost_or_doubled_although_workers_were_killed(walked: Walked) -> None:
    assert walked.house.killed == ["curriculum-worker", "gateway-worker", "intake-worker", "gateway-api"]
    for part, supervisor in ((WHOLE, "dide.supervisor"), (SECOND, "pfr.supervisor"), (INSIDE, "dide.supervisor")):
        entries = await walked.journey(supervisor, part)
        assert len({entry["event_id"] for entry in entries}) == len(entries)
        sessions = [entry["refs"]["session_code"] for entry in entries if "session_code" in entry["refs"]]
        assert len(sessions) == len(set(sessions)) == SESSIONS
    status, cohort = await walked.ask("me.officer", f"/v1/curriculum/cohorts/{walked.road.cohorts['HUY']}")
    assert (status, cohort["sessions_held"]) == (200, SESSIONS)


async def test_nothing_is_parked_and_nothing_waits(walked: Walked) -> None:
    for name in ("intake", "curriculum", "tvet", "reintegration", "gateway"):
        path = f"/v1/operations/{name}/events/lag"
        settled = await walked.until("administrator", path, f"{name} is settled", lambda body: not _waits(body))
        assert settled["service"] == name
        status, parked = await walked.ask("administrator", f"/v1/operations/{name}/events/parked")
        assert (status, parked["items"]) == (200, [])


def _waits(lag: dict[str, Any]) -> bool:
    return bool(lag["outbox_pending"] or lag["lag"] or any(lag["parked"].values()))


async def test_a_transfer_in_week_nine_takes_the_credits_along(walked: Walked) -> None:
    entries = await walked.journey("pfr.supervisor", MOVED)
    moved = [entry for entry in entries if kind(entry) == "intake.person.moved"]
    assert [entry["refs"]["kind"] for entry in moved] == ["TRANSFER_DEPARTED", "TRANSFER_RECEIVED"]
    assert {day(entry) for entry in moved} == {walked.road.days.cohort_starts + timedelta(weeks=8)}
    sessions = [entry["refs"] for entry in entries if kind(entry) == "curriculum.attendance.recorded"]
    assert Counter(refs["enrolment_id"] for refs in sessions).most_common() == [
        (walked.road.one(MOVED).enrolment_id, 32),
        (sessions[0]["enrolment_id"], 16),
    ]
    assert kinds(entries)["curriculum.certificate.issued"] == 1
    released = next(entry for entry in entries if kind(entry) == "intake.person.released")
    assert released["refs"]["facility"] == "MUS"


async def test_a_death_ends_every_undertaking(walked: Walked) -> None:
    person = walked.road.one(DECEASED).person_id
    status, journey = await walked.ask("huye.intake", f"/v1/persons/{person}/journey", limit=200)
    assert (status, journey["person"]["stage"]) == (200, "DECEASED")
    refs = {kind(entry): entry["refs"] for entry in journey["items"]}
    assert refs["curriculum.enrolment.changed"]["to_state"] == "DECEASED"
    assert refs["reintegration.case.closed"]["closure_code"] == "DECEASED"


async def test_a_return_to_custody_is_a_new_episode_of_the_same_person(walked: Walked) -> None:
    person = walked.road.one(RETURNED).person_id
    status, journey = await walked.ask("musanze.intake", f"/v1/persons/{person}/journey", limit=200)
    assert status == 200
    admitted = [entry["refs"] for entry in journey["items"] if kind(entry) == "intake.person.admitted"]
    assert [refs["admission_kind"] for refs in admitted] == ["NEW", "READMISSION"]
    assert admitted[1]["previous_episode_id"] == admitted[0]["episode_id"]
    closed = [entry["refs"] for entry in journey["items"] if kind(entry) == "reintegration.case.closed"]
    assert [refs["closure_code"] for refs in closed] == ["RETURNED_TO_CUSTODY"]
    assert journey["person"]["facility"] == "MUS"
    assert journey["person"]["stage"] == "CURRICULUM_COMPLETED"


async def test_everybody_stands_where_they_should(walked: Walked) -> None:
    wanted = {WHOLE: "CLOSED", SECOND: "CLOSED", MOVED: "FOLLOW_UP", UNASSIGNED: "FOLLOW_UP"}
    for part, stage in wanted.items():
        supervisor = "dide.supervisor" if part in (WHOLE, UNASSIGNED) else "pfr.supervisor"
        _, journey = await walked.ask(supervisor, f"/v1/persons/{walked.road.one(part).person_id}/journey")
        assert journey["person"]["stage"] == stage, part
    absent = walked.road.one(ABSENT)
    status, enrolment = await walked.ask("huye.psychosocial", f"/v1/curriculum/enrolments/{absent.enrolment_id}")
    assert (status, enrolment["state"], absent.serial) == (200, "NOT_COMPLETED", "")


async def test_the_stage_table_adds_up(walked: Walked) -> None:
    status, table = await walked.ask("me.officer", "/v1/facilities/stages")
    assert status == 200
    assert table["total"] == IMPORTED["admitted"] + len(walked.road.travellers)
    assert sum(row["total"] for row in table["facilities"]) == table["total"] == sum(table["stages"].values())
    columns: Counter[str] = Counter()
    for row in table["facilities"]:
        assert sum(row["stages"].values()) == row["total"]
        columns.update(row["stages"])
    assert {stage: count for stage, count in columns.items() if count} == {
        stage: count for stage, count in table["stages"].items() if count
    }


async def test_the_access_log_shows_who_read(walked: Walked) -> None:
    person = walked.road.one(SECOND).person_id
    await walked.journey("pfr.supervisor", SECOND)
    for username, path in (("huye.intake", f"/v1/persons/{person}"), ("pfr.supervisor", f"/v1/names?ids={person}")):
        assert (await walked.ask(username, path))[0] == 200
    readers = {walked.road.callers[name].account_id for name in ("huye.intake", "pfr.supervisor", "pfr.worker")}

    def all_told(log: dict[str, Any]) -> bool:
        return readers <= {item["actor"] for item in log["items"]}

    path = f"/v1/persons/{person}/access-log"
    log = await walked.until("dpo", f"{path}?limit=200", "the readers are in the access log", all_told)
    assert {"gateway", "intake", "reintegration"} <= {item["service"] for item in log["items"]}
    assert all(item["purpose"] and item["outcome"] == "ALLOWED" for item in log["items"])
    for username in ("huye.intake", "me.officer", "administrator"):
        assert (await walked.ask(username, path))[0] == 403


async def test_a_certificate_verifies_for_anybody(walked: Walked) -> None:
    serial = walked.road.one(WHOLE).serial
    status, answer = await walked.ask(None, f"/v1/curriculum/certificates/{serial}")
    assert (status, answer["valid"]) == (200, True)
    assert set(answer) == {"valid", "programme", "issued_on"}
    wrong = serial[:-1] + ("7" if serial[-1] != "7" else "8")
    status, answer = await walked.ask(None, f"/v1/curriculum/certificates/{wrong}")
    assert status == 404 or not answer["valid"]


async def test_another_facility_finds_nobody_of_yours(walked: Walked) -> None:
    traveller = walked.road.one(INSIDE)
    for path in (
        f"/v1/persons/{traveller.person_id}",
        f"/v1/persons/{traveller.person_id}/journey",
        f"/v1/persons/{traveller.person_id}/custody",
        f"/v1/curriculum/persons/{traveller.person_id}/enrolments",
        f"/v1/curriculum/enrolments/{traveller.enrolment_id}",
        f"/v1/reintegration/cases/{traveller.case_id}",
    ):
        assert (await walked.ask("huye.psychosocial", path))[0] == 200, path
        assert (await walked.ask("musanze.psychosocial", path))[0] == 404, path
    for query in ({"limit": 200}, {"q": traveller.full_name, "limit": 200}, {"q": traveller.rcs_number, "limit": 200}):
        status, found = await walked.ask("musanze.psychosocial", "/v1/persons", **query)
        assert status == 200
        assert traveller.person_id not in {item["person_id"] for item in found["items"]}
    status, found = await walked.ask("huye.psychosocial", "/v1/persons", q=traveller.full_name)
    assert [item["person_id"] for item in found["items"]] == [traveller.person_id]


async def test_the_officer_for_figures_sees_no_name(walked: Walked) -> None:
    traveller = walked.road.one(INSIDE)
    for path in (
        "/v1/persons",
        f"/v1/persons/{traveller.person_id}",
        f"/v1/persons/{traveller.person_id}/journey",
        f"/v1/names?ids={traveller.person_id}",
        "/v1/identities?name=Ndizeye",
    ):
        assert (await walked.ask("me.officer", path))[0] == 403, path
    names = [word for one in walked.road.travellers for word in one.full_name.split()]
    for path in (
        f"/v1/curriculum/cohorts/{walked.road.cohorts['HUY']}/enrolments",
        "/v1/tvet/trainings",
        "/v1/facilities/stages",
    ):
        status, body = await walked.ask("me.officer", path)
        assert status == 200, path
        assert not any(name in str(body) for name in names)


async def test_the_journey_answers_with_its_age_while_a_service_is_down(walked: Walked, stopped: str) -> None:
    path = f"/v1/persons/{walked.road.one(WHOLE).person_id}/journey?limit=200"

    def is_marked(body: dict[str, Any]) -> bool:
        return stopped in {gap["section"] for gap in body["unavailable"]}

    journey = await walked.until("dide.supervisor", path, "the journey says that a service is down", is_marked)
    assert len(journey["items"]) > SESSIONS
    age = {source["source"]: source["age_seconds"] for source in journey["sources"]}
    assert age[stopped] is not None
    assert journey["as_of"] is not None
    assert journey["name"] is None


def place(item: dict[str, Any]) -> int:
    """The position in a cursor of the feed; nobody but a test may look into one."""
    body = str(item["id"]).partition(".")[0]
    return int(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


async def test_a_generated_client_followed_the_road_through_its_own_and_the_gateways_death(walked: Walked) -> None:
    assert walked.partner.starts == 2
    assert walked.partner.ended() == (3, "not-granted"), "the suspended grant ends it, and nothing else did"
    items, seen = walked.partner.items(), walked.road.partner.told
    assert [place(item) for item in items] == sorted({place(item) for item in items})
    assert [item["id"] for item in items][-len(seen) :] == [item["id"] for item in seen], "nothing left out"
    assert len({item["subject"] for item in items}) == 1
    assert len(items) > 10
    assert items[-2]["data"]["stage"] == "CLOSED", "each item tells of the person as they are when it is delivered"
    assert items[-1]["type"] == "inzira.partner.person.gone.v1"
    traveller = walked.road.one(WHOLE)
    assert not any(word in str(items) for word in (traveller.person_id, *traveller.full_name.split()))


async def opened_by_law(walked: Walked, route: str) -> None:
    """A grant that rests on a law: who is held in Huye."""
    terms = {
        "partner_id": (await walked.road.by(ADMINISTRATOR).get("/v1/admin/partners")).body["items"][0]["id"],
        "route": route, "row_filter": {"facilities": ["HUY"]}, "view": "presence", "view_version": 1,
        "purposes": ["custody_management"], "basis": "LEGAL_DUTY", "basis_code": "INVENTED-LAW",
        "agreement": "invented", "valid_from": walked.road.days.today.isoformat(),
        "valid_to": months_after(walked.road.days.today, 1).isoformat(),
    }  # fmt: skip
    grant = (await walked.road.by(ADMINISTRATOR).post("/v1/admin/grants", terms)).body["id"]
    await walked.road.by(SECOND_ADMINISTRATOR).post(f"/v1/admin/grants/{grant}/approval")
    walked.partner.change_purpose("custody_management")


async def test_a_generated_client_reads_page_after_page_what_a_law_opens(walked: Walked) -> None:
    await opened_by_law(walked, "persons")
    *pages, alone = walked.partner.pages()
    people = [person for page in pages for person in page]
    _, table = await walked.ask("me.officer", "/v1/facilities/stages")
    assert len(people) == next(row["total"] for row in table["facilities"] if row["facility"] == "HUY") > 300
    assert len({person["id"] for person in people}) == len(people)
    assert all(len(page) <= 100 for page in pages)
    assert set().union(*people) <= {"id", "view", "custody_state", "facility", "released_on"}
    assert alone == people[0]


async def test_a_generated_client_is_woken_by_a_message_it_can_verify(walked: Walked) -> None:
    await opened_by_law(walked, "feed")
    await asyncio.to_thread(walked.partner.wait_to_be_woken)
    arrival = invent(walked.road.days, seed=21)[0]
    admitted = await walked.road.by(HUYE_INTAKE).post("/v1/admissions", admission(arrival))
    code, words = await asyncio.to_thread(walked.partner.ended)
    assert code == 0, words
    told = json.loads(words)
    assert (told["genuine"], told["changed"]) == (True, False)
    assert told["message"]["data"] == {"purpose": "custody_management"}, "it says that there is news, never of whom"
    assert [item["data"]["facility"] for item in told["items"]] == ["HUY"] * len(told["items"])
    assert told["items"] and admitted.body["person_id"] not in words
