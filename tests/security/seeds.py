"""A few true facts in each service, so that a generated request may meet something that is there."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from curriculum_scene import CODES, STARTS, Custody
from curriculum_scene import Office as Classroom
from fleet import Deployed
from gateway_scene import PASSWORD, Person, make_account
from inzira_platform.ids import new_id
from reintegration_scene import Intake as News
from reintegration_scene import Office
from tvet_scene import Intake as Arrivals
from tvet_scene import Workshop

SECTIONS = ("identity", "reasons", "times", "injuries", "property", "family", "contacts")


def admission(number: int, facility: str = "HUY", **person: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """The body of an admission of somebody who does not exist."""
    return {
        "person": {
            "full_name": f"Invented Number{number:05d}",
            "sex": "M",
            "born_on": "1990-05-04",
            "rcs_number": f"TST-{facility}-{number:05d}",
            "national_id": f"9199080{number:09d}",
            "return_district": "24",
            **person,
        },
        "facility": facility,
        "admitted_at": "2024-03-01T09:30:00+02:00",
        "order": {"number": f"ORD/2024/{facility}/{number}", "authority": "Invented court"},
        "legal_status": "CONVICTED_FINAL",
        "offences": ["THEFT"],
        "sections": {name: {"answer": "UNKNOWN"} for name in SECTIONS},
        "sentence": {"parts": [{"duration": "P4Y", "starts_on": "2024-02-01"}]},
    }


async def seed(deployed: Deployed) -> None:
    """Facts by service."""
    match deployed.service.name:
        case "intake":
            await _people(deployed)
        case "curriculum":
            await _cohort(deployed)
        case "tvet":
            await _trainings(deployed)
        case "reintegration":
            await _cases(deployed)
        case "gateway":
            await _accounts_and_journeys(deployed)


async def _people(deployed: Deployed) -> None:
    officer = deployed.api.as_("rcs_intake_officer", facility="HUY")
    for number in range(6):
        answer = await officer.post("/v1/admissions", admission(number))
        assert answer.status_code == 201, answer.text


async def _cohort(deployed: Deployed) -> None:
    custody, office = Custody(deployed.deliveries), Classroom(deployed.api)
    cohort = await office.open()
    people = [await custody.admit() for _ in range(5)]
    enrolments = [await office.enrol(cohort, person) for person in people[:4]]
    await office.teach(cohort, enrolments[:2], CODES[:20])
    await office.test(enrolments[0], "PRE", 12, STARTS)


async def _trainings(deployed: Deployed) -> None:
    arrivals = Arrivals(deployed.deliveries)
    workshop = Workshop(deployed.api.as_("tvet_instructor", facility="HUY"), "HUY")
    people = [await arrivals.admit() for _ in range(4)]
    for person in people[:3]:
        await workshop.open(person)


async def _cases(deployed: Deployed) -> None:
    news, office = News(deployed.deliveries), Office(deployed.api)
    for _ in range(3):
        await news.prospect()
    for _ in range(2):
        person = await news.free(date(2026, 11, 2))
        await office.take_over(person)


async def _accounts_and_journeys(deployed: Deployed) -> None:
    for name in ("keza", "mugabo", "uwera"):
        await make_account(deployed.api, name, "rcs_intake_officer", facilities=("HUY",))
    people = [Person(new_id()) for _ in range(4)]
    await deployed.deliveries.send(*[person.admitted() for person in people])
    await deployed.deliveries.send(*[person.enrolled() for person in people])


@dataclass(frozen=True)
class Repeatable:
    """A write that may be sent many times, and how often it was done."""

    permission: str
    path: str
    body: dict[str, Any]
    other_body: dict[str, Any]
    count: str


async def repeatable(deployed: Deployed) -> Repeatable:
    """One write of each service."""
    match deployed.service.name:
        case "intake":
            return Repeatable(
                "admission:record", "/v1/admissions", admission(901), admission(902), "SELECT count(*) FROM episode"
            )
        case "curriculum":
            body = {"programme_code": "CORRECTIONAL", "facility": "HUY", "starts_on": "2026-02-02"}
            other = {**body, "starts_on": "2026-02-09"}
            path = "/v1/curriculum/cohorts"
            return Repeatable("cohort:manage", path, body, other, "SELECT count(*) FROM cohort")
        case "tvet":
            person = str(await Arrivals(deployed.deliveries).admit())
            body = {"person_id": person, "programme_code": "AGRICULTURE-L1", "opened_on": "2026-01-05"}
            other = {**body, "opened_on": "2026-01-06"}
            return Repeatable("training:manage", "/v1/tvet/trainings", body, other, "SELECT count(*) FROM training")
        case "reintegration":
            case = await deployed.database.value("SELECT id FROM reintegration_case ORDER BY id LIMIT 1")
            path = f"/v1/reintegration/cases/{case}/flags"
            return Repeatable("flag:raise", path, {"level": "AMBER"}, {"level": "RED"}, "SELECT count(*) FROM flag")
        case _:
            account: dict[str, Any] = {
                "username": "mutesi", "display_name": "Officer Mutesi", "role": "rcs_intake_officer", "agency": "RCS",
                "facilities": ["HUY"], "password": PASSWORD,
            }  # fmt: skip
            changed = {**account, "display_name": "Officer Other"}
            return Repeatable("account:manage", "/v1/accounts", account, changed, "SELECT count(*) FROM account")


CODES_OF = {
    "intake": {"within": ["90"], "duration": ["P4Y", "P6M"], "language": ["rw"]},
    "curriculum": {
        "programme_code": ["CORRECTIONAL"], "session_code": list(CODES[:24]), "code": ["P", "A", "CORRECTIONAL"],
    },
    "tvet": {
        "programme_code": ["AGRICULTURE-L1"], "module_code": [], "code": ["AGRICULTURE-L1"],
        "assessor": ["RTB-ASR-7", "acc-instructor-huy"],
    },
    "reintegration": {"kind": ["HOME", "PHONE"], "to_worker": [], "district": ["24"]},
}  # fmt: skip
"""Codes worth trying, by the name of their field."""


async def known_values(deployed: Deployed) -> dict[str, list[str]]:
    """Values by the name of a parameter or field (`person_id`, `cohort_id`, `facility`…), found in the database."""
    columns = await deployed.database.rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND data_type = 'uuid' AND table_name NOT LIKE 'outbox%'"
    )
    found = {"facility": ["HUY", "MUS"], **CODES_OF.get(deployed.service.name, {})}
    for column in columns:
        table, name = column["table_name"], column["column_name"]
        rows = await deployed.database.rows(f'SELECT DISTINCT "{name}" AS v FROM "{table}" LIMIT 8')  # noqa: S608 - catalogue names
        values = [str(row["v"]) for row in rows if isinstance(row["v"], UUID)]
        key = f"{table}_id" if name == "id" else name
        found.setdefault(key, []).extend(values)
        if table == "reintegration_case" and name == "id":
            found.setdefault("case_id", []).extend(values)
    return {name: values for name, values in found.items() if values}
