"""Leg: vocational training of two people to the award, in the shortest programme."""

from datetime import date, timedelta
from typing import Any

from inzira_cli.road.cast import ASSESSOR, HUYE, INSTRUCTOR
from inzira_cli.road.errors import RoadError
from inzira_cli.road.people import SECOND, WHOLE, Traveller
from inzira_cli.road.state import Road

PROGRAMME = "AGRICULTURE-L1"
CLASS_DAYS = 24
NOT_YET = frozenset({"person-not-found"})


async def walk(road: Road) -> None:
    """Open, teach, assess and award. Raises RoadError when the training is not complete at the end."""
    opened_on = road.days.cohort_starts + timedelta(days=14)
    trainees = road.some((WHOLE, SECOND))
    instructor = road.by(INSTRUCTOR)
    programme = (await instructor.get(f"/v1/tvet/programmes/{PROGRAMME}")).body
    await road.together(_open(road, trainee, opened_on) for trainee in trainees)
    for place in range(CLASS_DAYS):
        await _teach(road, trainees, place, opened_on + timedelta(days=1 + 3 * place))
        road.show.progress("days of training", place + 1, CLASS_DAYS)
    taught = opened_on + timedelta(days=3 * CLASS_DAYS)
    for place, module in enumerate(programme["modules"]):
        for trainee in trainees:
            await _assess(road, trainee, module, taught + timedelta(days=place), fails_first=_fails(trainee, place))
    await road.together(_award(road, trainee, taught + timedelta(days=30)) for trainee in trainees)
    road.show.step(f"{len(trainees)} trained in {programme['name']['en']} and hold the award of the Rwanda TVET Board")


def _fails(trainee: Traveller, place: int) -> bool:
    """The second trainee is not yet competent in the third module at first."""
    return trainee.part == SECOND and place == 2


async def _open(road: Road, trainee: Traveller, opened_on: date) -> None:
    body = {"person_id": trainee.person_id, "programme_code": PROGRAMME, "opened_on": opened_on.isoformat()}
    made = await road.by(INSTRUCTOR).post_once_known("/v1/tvet/trainings", body, NOT_YET)
    trainee.training_id = made.body["id"]


async def _teach(road: Road, trainees: list[Traveller], place: int, day: date) -> None:
    marks = [
        {"training_id": one.training_id, "present": (place + index) % 9 != 4} for index, one in enumerate(trainees)
    ]
    body = {"facility": HUYE, "programme_code": PROGRAMME, "held_on": day.isoformat(), "marks": marks}
    await road.by(INSTRUCTOR).post("/v1/tvet/attendance", body)


async def _assess(road: Road, trainee: Traveller, module: dict[str, Any], day: date, *, fails_first: bool) -> None:
    """Every outcome competent; where the first sitting fails, a second one six days later."""
    instructor = road.by(INSTRUCTOR)
    path = f"/v1/tvet/trainings/{trainee.training_id}/assessments"
    for result, held_on in (("NYC", day), ("C", day + timedelta(days=6))) if fails_first else (("C", day),):
        outcomes = {outcome["code"]: result for outcome in module["outcomes"]}
        body = {"module_code": module["code"], "assessed_on": held_on.isoformat(), "outcomes": outcomes}
        await instructor.post(path, {**body, "assessor": instructor.account_id})


async def _award(road: Road, trainee: Traveller, day: date) -> None:
    """The integrated assessment by somebody from outside, then RTB's certificate."""
    assessor = road.by(ASSESSOR)
    path = f"/v1/tvet/trainings/{trainee.training_id}"
    whole = {"assessed_on": day.isoformat(), "assessor": assessor.account_id, "result": "C"}
    judged = (await assessor.post(f"{path}/integrated-assessments", whole)).body
    if judged["state"] != "COMPLETED":
        raise RoadError(f"The training of '{trainee.part}' is {judged['state']} after its integrated assessment.")
    number = f"RTB/{day.year}/{trainee.rcs_number.replace('/', '-')}"
    award = {"awarded_on": (day + timedelta(days=21)).isoformat(), "rtb_number": number}
    await road.by(INSTRUCTOR).post(f"{path}/award", {**award, "verifier": road.by(INSTRUCTOR).account_id})
