"""Steps of custody: admission, movements, releases by two officers, corrections, details, consents."""

from datetime import timedelta
from typing import Any

from campaign_world import DISTRICTS, FACILITIES, Someone, World
from inzira_cli.road.admitting import admission
from inzira_cli.road.days import at
from inzira_cli.road.releasing import CHECKED

AWAY = {"HOSPITAL_OUT": "HOSPITAL_IN", "COURT_OUT": "COURT_IN"}
AGREED = {
    "purpose": "reintegration_support",
    "data_classes": ["IDENTITY", "CUSTODY"],
    "agreement_code": "SHARE-REINTEGRATION",
    "agreement_version": 1,
    "language": "rw",
    "method": "ORAL",
    "witness": {"role": "CHAPLAIN", "full_name": "Kanarix Witness"},
}


async def admit(world: World, someone: Someone) -> None:
    """Where their road begins."""
    officer = world.officer(someone.facility, "intake")
    done = await officer.write("admit", "POST", "/v1/admissions", admission(someone.traveller))
    if done.ok:
        someone.person_id = str(done.answer["person_id"])
        someone.heard(done.token)
    elif not someone.person_id and someone in world.people:
        world.people.remove(someone)  # asked for again, with another key, it would be refused without end


async def move(world: World, someone: Someone) -> None:
    """Out to hospital or court and back, or a transfer to the other facility, in two steps."""
    officer = world.officer(someone.heading_for or someone.facility, "intake")
    path = f"/v1/persons/{someone.person_id}/movements"
    body: dict[str, Any] = {"occurred_at": at(someone.next_day(world.dice), 9)}
    after = "HELD"
    if someone.state == "MOVING":
        body |= {"kind": "TRANSFER_RECEIVED"}
    elif someone.state == "AWAY":
        body |= {"kind": AWAY[someone.heading_for or "HOSPITAL_OUT"]}
    elif world.dice.random() < 0.4:
        other = next(code for code in FACILITIES if code != someone.facility)
        body |= {"kind": "TRANSFER_DEPARTED", "to_facility": other, "reference": f"TR-{someone.traveller.rcs_number}"}
        after = "MOVING"
    else:
        body |= {"kind": "HOSPITAL_OUT", "reference": f"HO-{someone.traveller.rcs_number}"}
        after = "AWAY"
    done = await officer.write("move", "POST", path, body, person=someone.person_id)
    if done.ok:
        someone.heard(done.token)
        if after == "MOVING":
            someone.heading_for = body["to_facility"]
        elif someone.state == "MOVING":
            someone.facility, someone.heading_for = someone.heading_for, ""
        someone.state = after


async def prepare_release(world: World, someone: Someone) -> None:
    """The first officer prepares the release at the end of the sentence."""
    leaves_on = someone.traveller.leaves_on
    body = {
        "reason": "SENTENCE_EXPIRED",
        "order_number": f"RL-{someone.traveller.rcs_number}",
        "order_authority": "Director of the facility",
        "released_at": at(leaves_on, 9),
        "verified_end_on": leaves_on.isoformat(),
        "property_return": "RETURNED",
        "file_copy": "GIVEN",
        "checklist": CHECKED,
        "return_district": world.dice.choice((someone.traveller.district, *DISTRICTS)),
        "aftercare_accepted": True,
    }
    officer = world.officer(someone.facility, "intake")
    path = f"/v1/persons/{someone.person_id}/releases"
    done = await officer.write("release.prepare", "POST", path, body, person=someone.person_id)
    if done.ok:
        someone.releases.append(str(done.answer["id"]))


async def approve_release(world: World, someone: Someone) -> None:
    """The second officer approves it."""
    officer = world.officer(someone.facility, "intake.two")
    path = f"/v1/releases/{someone.releases[-1]}/approval"
    done = await officer.write("release.approve", "POST", path, person=someone.person_id)
    if done.ok:
        someone.state = "RELEASED"
        someone.heard(done.token)


async def die(world: World, someone: Someone) -> None:
    """A death in custody."""
    body = {
        "occurred_at": at(someone.next_day(world.dice), 4),
        "place": "HOSPITAL",
        "reference": f"DC-{someone.traveller.rcs_number}",
        "family_notified": "YES",
        "authority_notified": "YES",
        "remains": "HANDED_TO_FAMILY",
    }
    path = f"/v1/persons/{someone.person_id}/death"
    done = await world.officer(someone.facility, "intake").write("die", "POST", path, body, person=someone.person_id)
    if done.ok:
        someone.state = "DEAD"
        someone.heard(done.token)


async def correct(world: World, someone: Someone) -> None:
    """The hour of the admission was another one."""
    day = someone.traveller.admitted_on
    body = {"fact": "ADMISSION", "occurred_at": at(day, world.dice.randint(6, 20)), "reason_code": "ENTRY_ERROR"}
    path = f"/v1/persons/{someone.person_id}/corrections"
    officer = world.officer(someone.facility, "intake")
    done = await officer.write("correct", "POST", path, body, person=someone.person_id)
    someone.heard(done.token)


async def update(world: World, someone: Someone) -> None:
    """Another district of return, written on what was just read."""
    officer = world.officer(someone.facility, "intake")
    path = f"/v1/persons/{someone.person_id}"
    read = await officer.read("person", path, someone.person_id)
    if not read.ok:
        return
    others = [code for code in DISTRICTS if code != read.answer["return_district"]]
    body = {"return_district": world.dice.choice(others)}
    version = read.answer["version"]
    done = await officer.write("update", "PATCH", path, body, person=someone.person_id, version=version)
    someone.heard(done.token)


async def consent(world: World, someone: Someone) -> None:
    """They agree to being followed: by whoever carries their case first, by the other organisation then."""
    org = next(org for org in (someone.org, "PFR", "DIDE") if org and not someone.agrees_to(org))
    body = {**AGREED, "recipient": org, "valid_to": (world.today + timedelta(days=300)).isoformat()}
    path = f"/v1/persons/{someone.person_id}/consents"
    officer = world.officer(someone.facility, "psychosocial")
    done = await officer.write("consent", "POST", path, body, person=someone.person_id)
    if done.ok:
        someone.consents.append((str(done.answer["id"]), org))
        someone.heard(done.token)


async def withdraw(world: World, someone: Someone) -> None:
    """They take it back."""
    officer = world.officer(someone.facility, "psychosocial")
    consent_id, _ = someone.consents.pop(world.dice.randrange(len(someone.consents)))
    path = f"/v1/consents/{consent_id}/withdrawal"
    done = await officer.write("consent.withdraw", "POST", path, {}, person=someone.person_id)
    someone.heard(done.token)
