"""Requests that succeed, or fail by a rule only: what the bent ones of the fuzzing begin with."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from curriculum_scene import CODES, STARTS, Custody
from curriculum_scene import Office as Classroom
from fleet import Deployed
from gateway_scene import PASSWORD
from inzira_contracts.codes import Supervision
from inzira_platform.testing.client import Caller
from inzira_tvet.programme.repository import load_catalogue
from partner_scene import granted, registered
from reintegration_scene import GOOD, ORG, Office
from reintegration_scene import Intake as News
from seeds import admission
from tvet_scene import Intake as Arrivals
from tvet_scene import Workshop
from webhook_scene import Names, woken_at

Body = dict[str, Any]
RELEASED = date(2026, 10, 5)
INSTANT = "2026-05-04T08:00:00+02:00"


@dataclass(frozen=True)
class Good:
    """One request: whose, where, and with what; `read` is where its ETag is found."""

    caller: Caller
    path: str
    body: Body
    method: str = "POST"
    read: str | None = None


async def good_requests(deployed: Deployed) -> list[Good]:
    """Requests by service."""
    match deployed.service.name:
        case "intake":
            return await _intake(deployed)
        case "curriculum":
            return await _curriculum(deployed)
        case "tvet":
            return await _tvet(deployed)
        case "reintegration":
            return await _reintegration(deployed)
        case _:
            return await _gateway(deployed)


MOVED: Body = {"kind": "HOSPITAL_OUT", "occurred_at": INSTANT, "reference": "H/1", "returned_at": "2026-05-06"}
LEAVE: Body = {**MOVED, "kind": "LEAVE_GRANTED", "authority": "RCS", "due_back_on": "2026-05-09"}
FACT: Body = {"fact": "ADMISSION", "occurred_at": "2024-03-01T08:30:00+02:00", "reason_code": "ENTRY_ERROR"}
RELEASE: Body = {
    "reason": "PARDON", "order_number": "R/1", "order_authority": "RCS", "released_at": INSTANT,
    "property_return": "RETURNED", "file_copy": "GIVEN", "return_district": "24",
    "checklist": {"home": "YES", "work": "UNKNOWN"}, "aftercare_accepted": True,
}  # fmt: skip
DEATH: Body = {
    "occurred_at": INSTANT, "place": "HOSPITAL", "reference": "D/1", "family_notified": "YES",
    "authority_notified": "YES", "remains": "HANDED_TO_FAMILY",
}  # fmt: skip
TERMS: Body = {
    "legal_status": "CONVICTED_FINAL", "parts": [{"duration": "P5Y6M", "starts_on": "2024-03-01"}],
    "credit_days": 30, "changes": [{"kind": "REMISSION", "effective_on": "2025-01-01", "days": 10}],
    "decided_on": "2024-03-01", "reason_code": "APPEAL", "reference": "J/1", "offences": ["THEFT"],
}  # fmt: skip
CONSENT: Body = {
    "purpose": "reintegration_support", "recipient": "PFR", "data_classes": ["IDENTITY"],
    "agreement_code": "SHARE-REINTEGRATION", "agreement_version": 1, "language": "rw", "method": "ORAL",
    "given_at": INSTANT, "valid_to": "2027-05-04T08:00:00+02:00",
    "witness": {"role": "CHAPLAIN", "full_name": "Invented Witness"},
}  # fmt: skip


async def _intake(deployed: Deployed) -> list[Good]:
    officer = deployed.api.as_("rcs_intake_officer", facility="HUY")
    persons = []
    for number in range(7):
        body = admission(number, born_on=f"{1960 + number}-05-04", national_id=None)
        made = await officer.post("/v1/admissions", body)
        assert made.status_code == 201, made.text
        persons.append(f"/v1/persons/{made.json()['person_id']}")
    return [
        Good(officer, "/v1/admissions", admission(99, known_names=["Other"], phone="+250700111223")),
        Good(officer, persons[0], {"full_name": "Invented Otherwise", "phone": "+250700111222"}, "PATCH", persons[0]),
        Good(officer, f"{persons[1]}/movements", MOVED),
        Good(officer, f"{persons[2]}/movements", LEAVE),
        Good(officer, f"{persons[3]}/sentences", TERMS),
        Good(officer, f"{persons[0]}/corrections", FACT),
        Good(officer, f"{persons[4]}/releases", RELEASE),
        Good(officer, f"{persons[5]}/consents", CONSENT),
        Good(officer, f"{persons[6]}/death", DEATH),
    ]


async def _curriculum(deployed: Deployed) -> list[Good]:
    custody, office = Custody(deployed.deliveries), Classroom(deployed.api)
    people = [await custody.admit() for _ in range(4)]
    cohort = await office.open()
    taught, other = [await office.enrol(cohort, person) for person in people[:2]]
    await office.teach(cohort, [taught], CODES[:6])
    await office.teach(cohort, [other])
    base, caller, first = "/v1/curriculum", office.caller, str(STARTS)
    marks: Body = {"held_on": first, "marks": [{"enrolment_id": taught, "code": "P"}], "reason_code": "WRONG_CODE"}
    later: Body = {**marks, "held_on": str(STARTS + timedelta(days=21))}
    opened: Body = {"programme_code": "CORRECTIONAL", "programme_version": 1, "facility": "HUY", "starts_on": first}
    tested: Body = {"phase": "PRE", "score": 40, "taken_on": first}
    again: Body = {**tested, "sitting": 1, "reason_code": "WRONG_SCORE"}
    change: Body = {"action": "SUSPEND", "on": "2026-03-01", "reason_code": "HEALTH"}
    return [
        Good(caller, f"{base}/cohorts", {**opened, "capacity": 20}),
        Good(caller, f"{base}/cohorts/{cohort}/enrolments", {"person_id": str(people[2]), "enrolled_on": first}),
        Good(caller, f"{base}/cohorts/{cohort}/sessions/{CODES[6]}/attendance", later),
        Good(caller, f"{base}/cohorts/{cohort}/sessions/{CODES[0]}/attendance", marks),
        Good(caller, f"{base}/enrolments/{taught}/tests", tested),
        Good(caller, f"{base}/enrolments/{taught}/tests", again),
        Good(caller, f"{base}/enrolments/{other}/completion", {"decided_on": "2026-11-01", "accept_incomplete": True}),
        Good(caller, f"{base}/enrolments/{other}/certificate", {"issued_on": "2026-11-02"}),
        Good(caller, f"{base}/enrolments/{other}/certificate/duplicates", {"reason_code": "LOST"}),
        Good(caller, f"{base}/cohorts/{cohort}/certificates", {"issued_on": "2026-11-02"}),
        Good(caller, f"{base}/enrolments/{taught}/changes", change),
    ]


async def _tvet(deployed: Deployed) -> list[Good]:
    arrivals = Arrivals(deployed.deliveries)
    caller = deployed.api.as_("tvet_instructor", facility="HUY", sub="acc-instructor-huy")
    workshop, base = Workshop(caller, "HUY"), "/v1/tvet/trainings"
    training, finished, half = [await workshop.open(await arrivals.admit()) for _ in range(3)]
    code = (await workshop.read(training))["modules"][0]["code"]
    await workshop.complete(finished)
    await workshop.assess(half, code)
    programme = load_catalogue().find_version("AGRICULTURE-L1", 1)
    module = programme.find_module(code) if programme else None
    assert module
    path, day = f"{base}/{training}", "2026-02-02"
    judged: Body = {
        "module_code": code, "assessed_on": day, "assessor": "acc-instructor-huy", "evidence": ["EV-1"],
        "outcomes": dict.fromkeys(module.outcomes, "C"),
    }  # fmt: skip
    opened: Body = {
        "person_id": str(await arrivals.admit()), "programme_code": "AGRICULTURE-L1", "opened_on": day,
        "enrolled": True, "instructor": "acc-instructor-huy",
    }  # fmt: skip
    held: Body = {
        "facility": "HUY", "programme_code": "AGRICULTURE-L1", "held_on": day,
        "marks": [{"training_id": training, "present": True}],
    }  # fmt: skip
    award: Body = {"rtb_number": "RTB/2026/0002", "awarded_on": "2026-07-01", "verifier": "acc-verifier"}
    whole: Body = {"assessed_on": "2026-06-29", "assessor": "RTB-ASR-7", "result": "C", "reason_code": "X"}
    return [
        Good(caller, base, opened),
        Good(caller, "/v1/tvet/attendance", held),
        Good(caller, f"{path}/assessments", judged),
        Good(caller, f"{path}/integrated-assessments", whole),
        Good(caller, f"{base}/{finished}/integrated-assessments", whole),
        Good(caller, f"{base}/{half}/statements", {"issued_on": "2026-03-02"}),
        Good(caller, f"{base}/{finished}/award", award),
        Good(caller, f"{path}/changes", {"action": "SUSPEND", "changed_on": day, "reason_code": "HEALTH"}),
    ]


async def _reintegration(deployed: Deployed) -> list[Good]:
    news, office = News(deployed.deliveries), Office(deployed.api)
    ahead = await office.case_of(await news.prospect())
    freed, other = await news.free(RELEASED, Supervision.PAROLE), await news.free(RELEASED)
    await office.take_over(freed)
    await office.take_over(other)
    case, leaving, items = await office.case_of(freed), await office.case_of(other), await office.items(freed)
    flag = await office.post(office.worker, f"cases/{case['id']}/flags", {"level": "AMBER"})
    offer: Body = {"to_worker": "acc-ben", "to_org": "PFR", "offered_on": "2026-11-20"}
    handover = await office.post(office.worker, f"cases/{case['id']}/handovers", offer)
    ben = deployed.api.as_("caseworker", sub="acc-ben", org="PFR")
    boss = deployed.api.as_("supervisor", sub="acc-2", org=ORG)
    base, day = "/v1/reintegration", str(RELEASED + timedelta(days=14))
    path, before, left = (f"{base}/cases/{one['id']}" for one in (case, ahead, leaving))
    review: Body = {"kind": "PRE_RELEASE", "held_on": "2026-11-20", "scores": dict(GOOD)}
    visit: Body = {"kind": "HOME", "held_on": day, "scores": dict(GOOD), "due_code": "D14"}
    done: Body = {"done_on": day, "outcome_code": "REPORTED", "checklist": {"TRANSPORT": "YES"}}
    goal: Body = {"domain_code": "D4", "goal_code": "KIT", "owner": "PERSON", "due_on": "2027-01-01", "state": "OPEN"}
    raised: Body = {"level": "RED", "domain_code": "D6", "reason_code": "X", "raised_at": "2026-11-01T08:00:00Z"}
    return [
        Good(office.worker, f"{path}/visits", visit),
        Good(office.worker, f"{path}/flags", raised),
        Good(boss, f"{base}/flags/{flag['id']}/changes", {"to_state": "ACKNOWLEDGED"}),
        Good(office.officer, f"{before}/assessments", review),
        Good(boss, f"{before}/assignments", {"worker_id": "acc-anna", "role": "PRIMARY", "started_on": "2026-11-20"}),
        Good(office.worker, f"{path}/plan", {"goals": [goal], "tier": "STANDARD", "signed_on": day}, "PUT", path),
        Good(office.worker, f"{base}/due-items/{items['L15']['id']}/completions", done),
        Good(ben, f"{base}/handovers/{handover['id']}/decisions", {"decision": "DECLINE", "decided_on": "2026-11-21"}),
        Good(office.worker, f"{left}/closures", {"closure_code": "MOVED", "closes_on": "2026-11-22"}),
        Good(boss, f"{path}/reopenings", {"reopened_on": "2026-11-22"}),
    ]


async def _gateway(deployed: Deployed) -> list[Good]:
    boss = deployed.api.as_("administrator", sub="00000000-0000-7000-8000-000000000001")
    account: Body = {
        "username": "nyirahabimana", "display_name": "Officer N", "role": "rcs_intake_officer", "agency": "RCS",
        "org": None, "facilities": ["HUY"], "districts": ["24"], "password": PASSWORD,
    }  # fmt: skip
    return [
        Good(boss, "/v1/accounts", account),
        Good(boss, "/v1/sessions", {"username": "nyirahabimana", "password": PASSWORD}),
        Good(boss, "/v1/sessions/refresh", {"refresh_token": "x" * 43}),
        Good(boss, "/v1/operations/gateway/events/rebuild", {"reason": "a test"}),
        *await _webhooks(deployed),
    ]


async def _webhooks(deployed: Deployed) -> list[Good]:
    deployed.api.app.state.webhook_resolver = Names([["8.8.8.8"]])  # nobody outside is asked
    partner = await registered(deployed.api, deployed.api)
    await granted(deployed.api, partner, route="feed")
    caller = deployed.api.as_("partner", sub=partner.client_id)
    wanted: Body = {"url": "https://hooks.partner.example/", "purpose": "reintegration_support"}
    path = f"/v1/webhooks/{await woken_at(caller, wanted['url'])}"
    again: Body = {"since": "2026-11-22T08:00:00Z", "until": "2026-11-23T08:00:00Z"}
    return [
        Good(caller, "/v1/webhooks", wanted),
        Good(caller, path, {"url": "https://other.partner.example/"}, "PATCH", path),
        Good(caller, f"{path}/replay", again),
    ]
