"""Steps of reintegration: assignment, assessment, plan, handover, visits, flags, closure."""

from datetime import timedelta
from typing import Any

from campaign_world import Someone, World
from client import User
from inzira_cli.road.cases import BASE, opened_on, scores
from inzira_cli.road.days import at, months_after

SUPERVISOR = {"PFR": "pfr.supervisor", "DIDE": "dide.supervisor"}
WORKER = {"PFR": "pfr.worker", "DIDE": "dide.worker"}
NEXT_FLAG = {
    "RAISED": {"to_state": "ACKNOWLEDGED"},
    "ACKNOWLEDGED": {"to_state": "ACTION_TAKEN", "action_code": "REFERRED_HEALTH"},
    "ACTION_TAKEN": {"to_state": "RESOLVED", "outcome_code": "ARRIVED"},
}


def carrier(world: World, someone: Someone) -> User:
    """Who would write in the case now: its worker, else their supervisor."""
    name = WORKER if someone.worker == world.users[WORKER[someone.org]].account_id else SUPERVISOR
    return world.users[name[someone.org]]


async def find_case(world: World, someone: Someone) -> None:
    """The case, as the facility or the organisation finds it."""
    reader = world.officer(someone.facility, "psychosocial")
    if someone.org and someone.state == "RELEASED" and someone.agrees_to(someone.org):
        reader = world.users[SUPERVISOR[someone.org]]
    read = await reader.read("cases", f"{BASE}/persons/{someone.person_id}/cases", someone.person_id)
    if read.ok and read.answer["items"]:
        learn(someone, read.answer["items"][0])


async def read_case(world: World, someone: Someone) -> None:
    """The case, as its supervisor sees it."""
    supervisor = world.users[SUPERVISOR[someone.org]]
    read = await supervisor.read("case", f"{BASE}/cases/{someone.case_id}", someone.person_id)
    if read.ok:
        learn(someone, read.answer)


def learn(someone: Someone, case: dict[str, Any]) -> None:
    """Take over what a case says."""
    someone.case_id, someone.case_version = case["id"], case["version"]
    someone.org, someone.worker = case["org"], case["worker_id"]
    if case["state"] == "CLOSED":
        someone.case_id = ""


async def assign(world: World, someone: Someone) -> None:
    """The supervisor names the worker."""
    worker = world.users[WORKER[someone.org]]
    started_on = opened_on(someone.traveller) + timedelta(days=world.dice.randint(3, 20))
    body = {"worker_id": worker.account_id, "role": "PRIMARY", "started_on": started_on.isoformat()}
    path = f"{BASE}/cases/{someone.case_id}/assignments"
    done = await world.users[SUPERVISOR[someone.org]].write("assign", "POST", path, body, person=someone.person_id)
    if done.ok:
        someone.worker = worker.account_id
        someone.heard(done.token)


async def evaluate(world: World, someone: Someone) -> None:
    """All twelve domains before release."""
    held_on = months_after(someone.traveller.leaves_on, -6)
    body = {"kind": "PRE_RELEASE", "held_on": min(held_on, world.today).isoformat(), "scores": scores(2)}
    path = f"{BASE}/cases/{someone.case_id}/assessments"
    officer = world.officer(someone.facility, "psychosocial")
    done = await officer.write("evaluate", "POST", path, body, person=someone.person_id)
    someone.heard(done.token)


async def plan(world: World, someone: Someone) -> None:
    """The next version of the plan, on the case as it was just read."""
    await read_case(world, someone)
    if not someone.case_id:
        return
    due_on = (world.today + timedelta(days=90)).isoformat()
    goals = [{"domain_code": "D1", "goal_code": "SAFE_HOME", "owner": "FAMILY", "due_on": due_on, "state": "OPEN"}]
    body = {"goals": goals, "signed_on": (world.today - timedelta(days=10)).isoformat()}
    path = f"{BASE}/cases/{someone.case_id}/plan"
    done = await carrier(world, someone).write(
        "plan", "PUT", path, body, person=someone.person_id, version=someone.case_version
    )
    someone.heard(done.token)


async def offer(world: World, someone: Someone) -> None:
    """To the other organisation."""
    other = "DIDE" if someone.org == "PFR" else "PFR"
    body = {"to_worker": world.users[WORKER[other]].account_id, "to_org": other, "reason_code": "DISTRICT_CHANGED"}
    path = f"{BASE}/cases/{someone.case_id}/handovers"
    done = await carrier(world, someone).write("offer", "POST", path, body, person=someone.person_id)
    if done.ok:
        someone.handovers.append((str(done.answer["id"]), other))
        someone.heard(done.token)


async def decide(world: World, someone: Someone) -> None:
    """The answer to the offer."""
    handover, org = someone.handovers.pop()
    accepts = world.dice.random() < 0.8
    body = {"decision": "ACCEPT"} if accepts else {"decision": "DECLINE", "reason_code": "NO_CAPACITY"}
    worker = world.users[WORKER[org]]
    path = f"{BASE}/handovers/{handover}/decisions"
    done = await worker.write("decide", "POST", path, body, person=someone.person_id)
    if done.ok:
        someone.heard(done.token)
        if accepts:
            someone.org, someone.worker = org, worker.account_id


async def visit(world: World, someone: Someone) -> None:
    """A contact on some day since the release."""
    since = max(1, (world.today - someone.traveller.leaves_on).days)
    held_on = world.today - timedelta(days=world.dice.randrange(since))
    body = {"kind": world.dice.choice(("HOME", "PHONE", "OFFICE")), "held_on": held_on.isoformat()}
    path = f"{BASE}/cases/{someone.case_id}/visits"
    done = await carrier(world, someone).write("visit", "POST", path, body, person=someone.person_id)
    if done.ok:
        someone.visits += 1
        someone.heard(done.token)


async def raise_flag(world: World, someone: Someone) -> None:
    """Somebody saw a risk."""
    day = world.today - timedelta(days=world.dice.randint(2, 20))
    body = {"level": world.dice.choice(("YELLOW", "AMBER")), "domain_code": "D2", "reason_code": "SAFETY"}
    path = f"{BASE}/cases/{someone.case_id}/flags"
    done = await carrier(world, someone).write(
        "flag", "POST", path, {**body, "raised_at": at(day, 11)}, person=someone.person_id
    )
    if done.ok:
        someone.flags.append((str(done.answer["id"]), "RAISED"))
        someone.heard(done.token)


async def work_on_flag(world: World, someone: Someone) -> None:
    """Its next step."""
    flag, state = someone.flags.pop()
    body = NEXT_FLAG[state]
    supervisor = world.users[SUPERVISOR[someone.org]]
    path = f"{BASE}/flags/{flag}/changes"
    done = await supervisor.write("flag.change", "POST", path, body, person=someone.person_id)
    someone.heard(done.token)
    if done.ok and body["to_state"] in NEXT_FLAG:
        someone.flags.append((flag, body["to_state"]))


async def ask_closure(world: World, someone: Someone) -> None:
    """The worker asks that the case be closed."""
    path = f"{BASE}/cases/{someone.case_id}/closures"
    body = {"closure_code": world.dice.choice(("MOVED", "DECLINED", "GOALS_MET"))}
    done = await carrier(world, someone).write("closure", "POST", path, body, person=someone.person_id)
    if done.ok:
        someone.closures.append(str(done.answer["id"]))


async def decide_closure(world: World, someone: Someone) -> None:
    """The supervisor decides."""
    path = f"{BASE}/closures/{someone.closures.pop()}/approval"
    body = {"decision": world.dice.choice(("APPROVE", "REFUSE"))}
    supervisor = world.users[SUPERVISOR[someone.org]]
    done = await supervisor.write("closure.decide", "POST", path, body, person=someone.person_id)
    if done.ok:
        someone.heard(done.token)
        if done.answer.get("state") == "APPROVED":
            someone.case_id = ""
