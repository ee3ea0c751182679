"""How the operations of vocational training are asked."""

from collections.abc import Mapping

from asked_intake import ALL, query, with_body
from inzira_tvet.programme.repository import load_catalogue
from runs import Cell, Sent, Writing
from world import World

DAY = "2026-02-02"
PROGRAMME = "AGRICULTURE-L1"


def _module() -> tuple[str, tuple[str, ...]]:
    found = load_catalogue().find_version(PROGRAMME, 1)
    assert found is not None
    second = found.modules[1]
    return second.code, tuple(second.outcomes)


def _opened(world: World, cell: Cell) -> Sent:
    person = world.value("person_id", cell.situation)
    return Sent({"person_id": person, "programme_code": "TAILORING-L3", "opened_on": DAY, "enrolled": True})


def _marked(world: World, cell: Cell) -> Sent:
    """A class of the facility of whoever asks, with the person in it."""
    marks = [{"training_id": world.value("training_id", cell.situation), "present": True}]
    facility = "MUS" if cell.who == "instructor_there" else "HUY"
    return Sent({"facility": facility, "programme_code": PROGRAMME, "held_on": DAY, "marks": marks})


def _judged(_world: World, _cell: Cell) -> Sent:
    code, outcomes = _module()
    body = {"module_code": code, "assessed_on": DAY, "assessor": "acc-instructor-huy", "evidence": ["EV-1"]}
    return Sent({**body, "outcomes": dict.fromkeys(outcomes, "C")})


TRAINING = "POST /v1/tvet/trainings/{training_id}"
TVET: Mapping[str, Writing] = {
    "GET /v1/tvet/trainings": query(*ALL),
    "GET /v1/tvet/programmes/{code}": lambda _w, _c: Sent(path={"code": PROGRAMME}),
    "POST /v1/tvet/trainings": _opened,
    "POST /v1/tvet/attendance": _marked,
    f"{TRAINING}/assessments": _judged,
    f"{TRAINING}/integrated-assessments": with_body(
        {"assessed_on": "2026-06-29", "assessor": "RTB-ASR-7", "result": "NYC"}
    ),
    f"{TRAINING}/award": with_body({"rtb_number": "RTB/2026/0777", "awarded_on": "2026-07-01", "verifier": "acc-v"}),
    f"{TRAINING}/changes": with_body({"action": "SUSPEND", "changed_on": "2026-11-22", "reason_code": "HEALTH"}),
    f"{TRAINING}/statements": with_body({"issued_on": "2026-11-22"}),
}
