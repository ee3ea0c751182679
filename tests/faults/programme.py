"""Steps of the curriculum and of vocational training."""

from datetime import timedelta
from typing import Any

from campaign_world import ERAS, FACILITIES, Group, Someone, World
from inzira_cli.road.days import SESSION_WEEKDAYS
from inzira_cli.road.training import PROGRAMME as TRADE

CURRICULUM = "/v1/curriculum"
AT_ONCE = 5
PLACES = 26
CODES = "PPPPPPLE"


async def open_group(world: World, facility: str, days_ago: int) -> None:
    """A cohort that began so long ago."""
    officer = world.officer(facility, "psychosocial")
    day = world.today - timedelta(days=days_ago + world.dice.randint(0, 20))
    starts_on = day - timedelta(days=day.weekday())
    body = {"facility": facility, "programme_code": "CORRECTIONAL", "starts_on": starts_on.isoformat()}
    made = await officer.write("cohort", "POST", f"{CURRICULUM}/cohorts", body)
    if not made.ok:
        return
    read = await officer.read("cohort.read", f"{CURRICULUM}/cohorts/{made.answer['id']}")
    if read.ok:
        sessions = [one["code"] for one in read.answer["sessions"]]
        world.groups.append(Group(str(made.answer["id"]), facility, starts_on, sessions))


async def open_groups(world: World) -> None:
    """One of each kind in each facility."""
    for facility in FACILITIES:
        for days_ago in ERAS:
            await open_group(world, facility, days_ago)


def fitting(world: World, someone: Someone) -> list[Group]:
    """Groups somebody could join: in their facility, 6 to 36 months before they leave."""
    leaves = someone.traveller.leaves_on
    return [
        group
        for group in world.groups
        if group.facility == someone.facility
        and len(group.members) < PLACES
        and 190 <= (leaves - group.starts_on).days <= 1080
        and group.starts_on > someone.traveller.admitted_on
    ]


async def open_fitting(world: World, someone: Someone) -> None:
    """Another cohort, where none has a place for somebody."""
    await open_group(world, someone.facility, ERAS[someone.inside])


async def enrol(world: World, someone: Someone) -> None:
    """Into a group."""
    group = world.dice.choice(fitting(world, someone))
    path = f"{CURRICULUM}/cohorts/{group.id}/enrolments"
    officer = world.officer(group.facility, "psychosocial")
    done = await officer.write("enrol", "POST", path, {"person_id": someone.person_id}, person=someone.person_id)
    if done.ok:
        someone.enrolment_id, someone.group = str(done.answer["id"]), group
        group.members.append(someone)
        someone.heard(done.token)


async def hold_session(world: World, someone: Someone) -> None:
    """A session of their group, with marks for them and some others."""
    group = someone.group
    assert group is not None
    place = world.dice.randrange(len(group.sessions))
    week, turn = divmod(place, len(SESSION_WEEKDAYS))
    held_on = group.starts_on + timedelta(days=7 * week + SESSION_WEEKDAYS[turn])
    others = world.dice.sample(group.members, min(len(group.members), world.dice.randint(0, AT_ONCE)))
    marked = {one.enrolment_id: one for one in [someone, *others]}
    marks = [{"enrolment_id": id, "code": world.dice.choice(CODES)} for id in marked]
    path = f"{CURRICULUM}/cohorts/{group.id}/sessions/{group.sessions[place]}/attendance"
    officer = world.officer(group.facility, "psychosocial")
    body = {"held_on": held_on.isoformat(), "marks": marks}
    done = await officer.write("attend", "POST", path, body)
    for one in marked.values():
        one.heard(done.token)


async def test(world: World, someone: Someone) -> None:
    """A knowledge test."""
    assert someone.group is not None
    phase = world.dice.choice(("PRE", "POST"))
    taken_on = someone.group.starts_on + timedelta(days=2 if phase == "PRE" else 170)
    body = {"phase": phase, "score": world.dice.randint(20, 95), "taken_on": taken_on.isoformat()}
    path = f"{CURRICULUM}/enrolments/{someone.enrolment_id}/tests"
    officer = world.officer(someone.group.facility, "psychosocial")
    done = await officer.write("test", "POST", path, body, person=someone.person_id)
    someone.heard(done.token)


async def complete(world: World, someone: Someone) -> None:
    """The decision at the end, whatever the rules say."""
    assert someone.group is not None
    decided_on = someone.group.starts_on + timedelta(days=176)
    body = {"decided_on": decided_on.isoformat(), "accept_incomplete": True}
    path = f"{CURRICULUM}/enrolments/{someone.enrolment_id}/completion"
    officer = world.officer(someone.group.facility, "psychosocial")
    done = await officer.write("complete", "POST", path, body, person=someone.person_id)
    if done.ok:
        someone.enrolment_id = ""
        someone.heard(done.token)


async def train(world: World, someone: Someone) -> None:
    """Begin a training."""
    opened_on = world.today - timedelta(days=world.dice.randint(420, 600))
    body = {"person_id": someone.person_id, "programme_code": TRADE, "opened_on": opened_on.isoformat()}
    done = await world.users["huye.instructor"].write(
        "train", "POST", "/v1/tvet/trainings", body, person=someone.person_id
    )
    if done.ok:
        someone.training_id = str(done.answer["id"])
        someone.heard(done.token)


async def teach(world: World, someone: Someone) -> None:
    """One day of a class, with a few trainees."""
    peers = [one for one in world.people if one.training_id and one.facility == someone.facility]
    class_of_day = {one.training_id: one for one in [someone, *world.dice.sample(peers, min(len(peers), 3))]}
    held_on = world.today - timedelta(days=world.dice.randint(300, 415))
    marks = [{"training_id": id, "present": world.dice.random() < 0.9} for id in class_of_day]
    body = {"facility": "HUY", "programme_code": TRADE, "held_on": held_on.isoformat(), "marks": marks}
    done = await world.users["huye.instructor"].write("teach", "POST", "/v1/tvet/attendance", body)
    for one in class_of_day.values():
        one.heard(done.token)


async def assess(world: World, someone: Someone) -> None:
    """Competent in the next module."""
    instructor = world.users["huye.instructor"]
    if not world.modules:
        read = await instructor.read("programme", f"/v1/tvet/programmes/{TRADE}")
        world.modules = read.answer["modules"] if read.ok else []
        return
    module: dict[str, Any] = world.modules[someone.modules % len(world.modules)]
    outcomes = {one["code"]: "C" for one in module["outcomes"]}
    day = (world.today - timedelta(days=world.dice.randint(200, 299))).isoformat()
    body = {"module_code": module["code"], "assessed_on": day, "outcomes": outcomes, "assessor": instructor.account_id}
    path = f"/v1/tvet/trainings/{someone.training_id}/assessments"
    done = await instructor.write("assess", "POST", path, body, person=someone.person_id)
    if done.ok:
        someone.modules += 1
        someone.heard(done.token)


async def judge_whole(world: World, someone: Someone) -> None:
    """The integrated assessment by somebody from outside."""
    assessor = world.users["rtb.assessor"]
    day = (world.today - timedelta(days=world.dice.randint(150, 199))).isoformat()
    body = {"assessed_on": day, "assessor": assessor.account_id, "result": "C"}
    path = f"/v1/tvet/trainings/{someone.training_id}/integrated-assessments"
    done = await assessor.write("judge", "POST", path, body, person=someone.person_id)
    someone.heard(done.token)
