"""Leg: 48 sessions with attendance in both groups; on the way a transfer in week 9 and a death in week 12."""

from inzira_cli.road.cast import HUYE, HUYE_INTAKE, MUSANZE, MUSANZE_INTAKE, MUSANZE_PSYCHOSOCIAL
from inzira_cli.road.days import DEATH_WEEK, SESSION_WEEKDAYS, TRANSFER_WEEK, at
from inzira_cli.road.people import ABSENT, DECEASED, MOVED, Traveller
from inzira_cli.road.state import STAFF, Road

NOT_RECEIVED_YET = frozenset({"person-not-found", "held-elsewhere", "already-enrolled"})
PER_WEEK = len(SESSION_WEEKDAYS)


async def walk(road: Road) -> None:
    """Hold every session in the order of the programme. Raises RoadError."""
    cohort = await road.by(STAFF[HUYE].psychosocial).get(f"/v1/curriculum/cohorts/{road.cohorts[HUYE]}")
    plan = cohort.body["sessions"]
    members = {place: [one for one in road.travellers if one.facility == place] for place in (HUYE, MUSANZE)}
    for place, session in enumerate(plan):
        if place == PER_WEEK * (TRANSFER_WEEK - 1):
            await _transfer(road, members)
        if place == PER_WEEK * (DEATH_WEEK - 1):
            await _death(road, members)
        await road.together(_hold(road, facility, place, session, members[facility]) for facility in members)
        road.show.progress("sessions held in two facilities", place + 1, len(plan))
        await road.watch(f"session {place + 1}")
    road.show.step(f"{len(plan)} sessions held in each group; one transfer in week 9 (Huye to Musanze), one death")


async def _hold(road: Road, facility: str, place: int, session: dict[str, object], members: list[Traveller]) -> None:
    marks = [
        {"enrolment_id": one.enrolment_id, "code": mark(one, place, is_mandatory=bool(session["is_mandatory"]))}
        for one in members
    ]
    path = f"/v1/curriculum/cohorts/{road.cohorts[facility]}/sessions/{session['code']}/attendance"
    body = {"held_on": road.days.session(place).isoformat(), "marks": marks}
    await road.by(STAFF[facility].psychosocial).post(path, body)


def mark(traveller: Traveller, place: int, *, is_mandatory: bool) -> str:
    """Present, late or excused, by a pattern that completes; one person misses every third session."""
    turn = place + len(traveller.full_name)
    if traveller.part == ABSENT and place % 3 == 0:
        return "U"
    if is_mandatory:
        return "P"
    return {5: "E", 9: "L"}.get(turn % 13, "P")


async def _transfer(road: Road, members: dict[str, list[Traveller]]) -> None:
    """Ordered and departed at Huye, received at Musanze, where the next group takes the credits over."""
    traveller, day = road.one(MOVED), road.days.monday(TRANSFER_WEEK)
    path = f"/v1/persons/{traveller.person_id}/movements"
    departed = {"kind": "TRANSFER_DEPARTED", "occurred_at": at(day, 8), "to_facility": MUSANZE}
    await road.by(HUYE_INTAKE).post(path, {**departed, "reference": f"TR-{traveller.rcs_number}"})
    await road.by(MUSANZE_INTAKE).post(path, {"kind": "TRANSFER_RECEIVED", "occurred_at": at(day, 15, 30)})
    members[HUYE].remove(traveller)
    members[MUSANZE].append(traveller)
    enrol = {"person_id": traveller.person_id, "enrolled_on": day.isoformat()}
    path = f"/v1/curriculum/cohorts/{road.cohorts[MUSANZE]}/enrolments"
    made = await road.by(MUSANZE_PSYCHOSOCIAL).post_once_known(path, enrol, NOT_RECEIVED_YET)
    traveller.enrolment_id, traveller.facility = made.body["id"], MUSANZE


async def _death(road: Road, members: dict[str, list[Traveller]]) -> None:
    traveller = road.one(DECEASED)
    members[HUYE].remove(traveller)
    death = {
        "occurred_at": at(road.days.monday(DEATH_WEEK), 4, 20),
        "place": "HOSPITAL",
        "reference": f"DC-{traveller.rcs_number}",
        "family_notified": "YES",
        "authority_notified": "YES",
        "remains": "HANDED_TO_FAMILY",
    }
    await road.by(HUYE_INTAKE).post(f"/v1/persons/{traveller.person_id}/death", death)
