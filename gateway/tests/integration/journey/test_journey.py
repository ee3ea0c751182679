"""Reading a journey: order, both times, corrections, names, reach, and what is said when something is missing."""

from dataclasses import replace
from datetime import timedelta

from gateway_scene import AT, Person, SmallService, make_account, problem_of
from inzira_contracts.intake import FactCorrected
from inzira_gateway.clients.intake import IntakeClient
from inzira_gateway.clients.upstream import Upstream
from inzira_platform.context import encode_token
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api
from inzira_platform.testing.consents import agreement
from inzira_platform.testing.deliveries import Deliveries


async def road(deliveries: Deliveries, person: Person) -> None:
    """Admission, enrolment, certificate, case, release: as four services would tell it."""
    case = new_id()
    await deliveries.send(person.certified(), version=2)  # arrives before the enrolment it follows
    await deliveries.send(person.enrolled(), version=1)
    await deliveries.release()
    await deliveries.send(person.admitted())
    await deliveries.send(person.case_opened(case), person.assigned(case, "acc-worker"))
    await deliveries.send(person.released(), person.dated("2026-08-29"))


async def test_journey_is_in_order_across_services(api: Api, deliveries: Deliveries) -> None:
    person = Person(new_id())
    await road(deliveries, person)
    answer = await api.as_("rcs_intake_officer", facility="HUY").get(f"/v1/persons/{person.id}/journey")
    assert answer.status_code == 200
    journey = answer.json()
    times = [(item["occurred_at"], item["event_id"]) for item in journey["items"]]
    assert times == sorted(times) and len(times) == 7
    assert {item["source"] for item in journey["items"]} == {"intake", "curriculum", "reintegration"}
    first = journey["items"][0]
    assert first["recorded_at"] and first["recorded"]["by"]
    assert journey["person"]["stage"] == "HANDOVER"
    assert journey["person"]["worker_id"] == "acc-worker"


async def test_names_are_joined_for_those_who_may_see_them(
    api: Api, deliveries: Deliveries, upstream: SmallService
) -> None:
    person = Person(new_id())
    await deliveries.send(person.admitted())
    upstream.names[person.id] = "Invented Name"
    journey = (await api.as_("rcs_intake_officer", facility="HUY").get(f"/v1/persons/{person.id}/journey")).json()
    assert journey["name"]["full_name"] == "Invented Name"
    stored = await api.database.rows("SELECT * FROM journey_entry")
    assert "Invented Name" not in str(stored)


async def test_journey_answers_while_intake_is_down_and_says_so(api: Api, deliveries: Deliveries) -> None:
    person = Person(new_id())
    await deliveries.send(person.admitted())
    api.app.state.intake = IntakeClient(Upstream("intake", "http://127.0.0.1:1", 2), lambda _: "token")
    answer = await api.as_("rcs_intake_officer", facility="HUY").get(f"/v1/persons/{person.id}/journey")
    assert answer.status_code == 200 and answer.json()["name"] is None
    assert {"section": "names", "reason": "not-answering"} in answer.json()["unavailable"]


async def test_corrections_stand_beside_what_they_correct(api: Api, deliveries: Deliveries) -> None:
    person = Person(new_id())
    admitted, correction = new_id(), new_id()
    await deliveries.send(person.admitted(), event_id=admitted)
    wrong_day = FactCorrected.model_validate({
        "person_id": person.id, "occurred_at": AT - timedelta(days=1), "recorded_by": "acc-intake",
        "episode_id": new_id(), "fact": "admission", "fact_id": new_id(), "supersedes": admitted,
    })  # fmt: skip
    await deliveries.send(wrong_day, event_id=correction)
    again = wrong_day.model_copy(update={"supersedes": correction, "occurred_at": AT - timedelta(days=2)})
    await deliveries.send(again)
    caller = api.as_("rcs_intake_officer", facility="HUY")
    items = (await caller.get(f"/v1/persons/{person.id}/journey")).json()["items"]
    assert len(items) == 1 and items[0]["event_id"] == str(admitted)
    assert items[0]["occurred_at"].startswith("2026-03-02")
    assert [entry["occurred_at"][:10] for entry in items[0]["corrections"]] == ["2026-03-01", "2026-02-28"]
    assert items[0]["corrections"][0]["supersedes"] == str(admitted)


async def test_journey_is_paged_filtered_and_turned_round(api: Api, deliveries: Deliveries) -> None:
    person = Person(new_id())
    await road(deliveries, person)
    caller, path = api.as_("rcs_intake_officer", facility="HUY"), f"/v1/persons/{person.id}/journey"
    everything = [item["event_id"] for item in (await caller.get(path)).json()["items"]]
    seen, cursor = [], ""
    while True:
        page = (await caller.get(f"{path}?limit=2{cursor}")).json()
        seen += [item["event_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == everything
    turned = [item["event_id"] for item in (await caller.get(f"{path}?order=latest")).json()["items"]]
    assert turned == everything[::-1]
    curriculum = (await caller.get(f"{path}?source=curriculum")).json()["items"]
    assert [item["type"].split(".")[2] for item in curriculum] == ["enrolment", "certificate"]
    kind = (await caller.get(f"{path}?kind=intake.person.released")).json()["items"]
    assert len(kind) == 1
    assert (await caller.get(f"{path}?cursor=junk")).status_code == 422


async def test_labels_speak_three_languages(api: Api, deliveries: Deliveries) -> None:
    person = Person(new_id())
    await deliveries.send(person.admitted())
    caller, path = api.as_("rcs_intake_officer", facility="HUY"), f"/v1/persons/{person.id}/journey"
    labels = {}
    for language in ("en", "fr", "rw"):
        journey = (await caller.get(f"{path}?lang={language}")).json()
        labels[language] = (journey["items"][0]["label"], journey["labels_reviewed"])
    assert labels == {
        "en": ("Admitted to HUY", True),
        "fr": ("Admis(e) à HUY", True),
        "rw": ("Yakiriwe mu igororero HUY", False),
    }
    accepted = await caller.get(path, headers={"Accept-Language": "fr-RW,en;q=0.5"})
    assert accepted.json()["language"] == "fr"


async def test_not_yours_looks_like_not_there(api: Api, deliveries: Deliveries) -> None:
    person = Person(new_id(), facility="MUS")
    await deliveries.send(person.admitted())
    caller = api.as_("rcs_intake_officer", facility="HUY")
    hidden = problem_of(await caller.get(f"/v1/persons/{person.id}/journey"))
    absent = problem_of(await caller.get(f"/v1/persons/{new_id()}/journey"))
    assert {**hidden, "request_id": ""} == {**absent, "request_id": ""}
    assert (await api.as_("caseworker", org="PFR").get(f"/v1/persons/{person.id}/journey")).status_code == 404
    assert (await api.as_("me_officer").get(f"/v1/persons/{person.id}/journey")).status_code == 403


async def test_reach_follows_the_person(api: Api, deliveries: Deliveries) -> None:
    person, case = Person(new_id()), new_id()
    await deliveries.send(person.admitted())
    path = f"/v1/persons/{person.id}/journey"
    worker, supervisor = api.as_("caseworker", sub="w1", org="PFR"), api.as_("supervisor", org="PFR")
    assert (await worker.get(path)).status_code == 404
    await deliveries.send(person.case_opened(case), person.assigned(case, "w1"))
    assert (await worker.get(path)).status_code == (await supervisor.get(path)).status_code == 404, "nobody was asked"
    await deliveries.send(agreement(person.id, "PFR"), agreement(person.id, "DIDE"))
    assert (await worker.get(path)).status_code == 200
    assert (await supervisor.get(path)).status_code == 200
    await deliveries.send(person.handed_over(case, "w2", "DIDE"))
    assert (await worker.get(path)).status_code == 404
    assert (await api.as_("caseworker", sub="w2", org="DIDE").get(path)).status_code == 200


async def test_every_read_is_in_the_ledger_with_its_request_id(api: Api, deliveries: Deliveries) -> None:
    person = Person(new_id())
    await deliveries.send(person.admitted())
    answer = await api.as_("rcs_intake_officer", facility="HUY", sub="acc-7").get(f"/v1/persons/{person.id}/journey")
    rows = await api.database.rows(
        "SELECT e.*, s.person_id FROM access_entry e JOIN access_subject s ON s.entry_id = e.id"
    )
    assert len(rows) == 1 and rows[0]["person_id"] == person.id
    assert (rows[0]["actor"], rows[0]["operation"]) == ("acc-7", "journey.read")
    assert rows[0]["request_id"] == answer.headers["x-request-id"]


async def test_reader_with_a_token_waits_for_its_own_write(api: Api, deliveries: Deliveries) -> None:
    person = Person(new_id())
    await deliveries.send(person.admitted())
    caller, path = api.as_("rcs_intake_officer", facility="HUY"), f"/v1/persons/{person.id}/journey"
    stream = f"person:{person.id}"
    reached = await caller.get(path, headers={"Consistency-Token": encode_token("intake", {stream: 1})})
    assert reached.status_code == 200 and "projection-stale" not in reached.headers
    ahead = await caller.get(path, headers={"Consistency-Token": encode_token("intake", {stream: 2})})
    assert ahead.status_code == 200 and ahead.headers["projection-stale"] == "true"
    assert (await caller.get(path, headers={"Consistency-Token": "junk"})).status_code == 422


async def test_person_whose_admission_has_not_arrived_is_not_called_absent(api: Api) -> None:
    person = new_id()
    token = encode_token("intake", {f"person:{person}": 1})
    caller = api.as_("rcs_intake_officer", facility="HUY")
    answer = await caller.get(f"/v1/persons/{person}/journey", headers={"Consistency-Token": token})
    assert answer.status_code == 503 and problem_of(answer)["code"] == "projection-behind"
    assert answer.headers["retry-after"] == "1"


async def test_same_event_twice_changes_nothing(api: Api, deliveries: Deliveries) -> None:
    person = Person(new_id())
    record = deliveries.record(person.admitted())
    await deliveries.send_records(record, record)
    await deliveries.send_records(record)
    rows = await api.database.rows("SELECT * FROM journey_entry")
    head = (await api.database.rows("SELECT * FROM person_head"))[0]
    assert len(rows) == 1 and head["versions"] == '{"intake": 1}'


async def test_officers_of_the_same_agency_are_named_others_are_not(api: Api, deliveries: Deliveries) -> None:
    rcs = await make_account(api, "keza", "rcs_intake_officer", facilities=("HUY",))
    person, case = Person(new_id()), new_id()
    pfr = await make_account(api, "worker", "caseworker", agency="PFR", org="PFR")
    await deliveries.send(person.admitted(recorded_by=rcs), person.case_opened(case))
    await deliveries.send(replace(person).handed_over(case, pfr))
    caller = api.as_("rcs_intake_officer", facility="HUY", agency="RCS")
    items = (await caller.get(f"/v1/persons/{person.id}/journey")).json()["items"]
    recorded = {item["summary_code"]: item["recorded"] for item in items}
    assert recorded["intake.person.admitted"] == {"by": rcs, "name": "Officer keza", "agency": "RCS"}
    assert recorded["reintegration.handover.accepted"] == {"by": pfr, "name": None, "agency": "PFR"}
