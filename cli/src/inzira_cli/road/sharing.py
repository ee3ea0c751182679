"""Leg: what the partner was told and may read, what it is refused, and how soon a no counts."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from inzira_cli.road.caller import Answer, eventually
from inzira_cli.road.cast import ADMINISTRATOR, FIGURES, HUYE_INTAKE
from inzira_cli.road.errors import RoadError, unexpected
from inzira_cli.road.partner_system import CHANGED, GONE, PartnerSystem
from inzira_cli.road.partnering import GRANTS, PERSONS, listed
from inzira_cli.road.people import INSIDE, MOVED, WHOLE, Traveller
from inzira_cli.road.state import Road

ELSEWHERE = "45"
"""Gicumbi: not in the grant."""


async def walk(road: Road) -> None:
    """Read, be refused, be told that a consent was taken back, and be shut out. Raises RoadError."""
    partner, traveller = road.its_partner(), road.one(WHOLE)
    pid = await eventually(lambda: _followed(road, partner), "the feed tells of the whole road")
    _tell_stages(road, partner, pid)
    await _read(road, partner, pid)
    await _refusals(road, partner, traveller)
    await _why(road)
    await road.watch("before the withdrawal")
    await _taken_back(road, partner, pid)
    await road.watch("before the suspension")
    await _suspended(road, partner)


async def _followed(road: Road, partner: PartnerSystem) -> str | None:
    """The partner's own id of the person, once the feed told the end of the road."""
    if road.following is not None and road.following.done():
        await road.following
        raise RoadError("The partner was refused the feed while it followed.")
    ends = [item["subject"] for item in partner.told if item["data"].get("stage") == "CLOSED"]
    return str(ends[-1]) if ends else None


def _tell_stages(road: Road, partner: PartnerSystem, pid: str) -> None:
    about = [item for item in partner.told if item["subject"] == pid and item["type"] == CHANGED]
    stages = list(dict.fromkeys(item["data"]["stage"].lower().replace("_", " ") for item in about))
    others = {item["subject"] for item in partner.told} - {pid}
    if others:
        raise RoadError(f"The feed told the partner of people who are none of its business: {sorted(others)}")
    road.show.step(f"Followed one person, {pid}, over {len(about)} changes: {', '.join(stages)}")


async def _read(road: Road, partner: PartnerSystem, pid: str) -> None:
    """The list holds this one person, with the fields of the view and no name."""
    people = await listed(partner)
    if len(people) != 1:
        raise RoadError(f"The partner sees {len(people)} people, not the one who agreed.")
    shown = people[0]
    answer = await partner.ask(f"{PERSONS}/{pid}")
    if answer.body != shown or road.one(WHOLE).full_name in str(shown) or road.one(WHOLE).person_id in str(shown):
        raise RoadError(f"The partner reads this of the person: {answer.body}")
    reached = [item["code"] for item in shown["curriculum_milestones"] + shown["training_milestones"]]
    held = ", ".join(dict.fromkeys(reached))
    known = f"released on {shown['released_on']}, district {shown['return_district']}, {held}"
    total = (await road.by(FIGURES).get("/v1/facilities/stages")).body["total"]
    road.show.step(f"Reads 1 person of {total}: {known}; no name, no number")


async def _refusals(road: Road, partner: PartnerSystem, traveller: Traveller) -> None:
    inside = road.one(INSIDE).person_id
    await _refused(partner.ask(f"{PERSONS}/{inside}"), 404, "not-found")
    await _refused(partner.ask(f"{PERSONS}/p_{'A' * 24}"), 404, "not-found")
    road.show.step("Refused: whoever did not agree, exactly as somebody who does not exist (404)")
    if await listed(partner, district=ELSEWHERE):
        raise RoadError("The partner sees people who return to a district outside its grant.")
    road.show.step("Refused: whoever agreed but returns to another district (not in any list)")
    await _refused(partner.ask(PERSONS, {"facility": "HUY"}), 422, "filter-unknown")
    await _refused(partner.ask(f"/v1/persons/{traveller.person_id}/journey"), 403, "forbidden")
    await _refused(partner.ask(PERSONS, purpose="research"), 403, "not-granted")
    road.show.step("Refused: a field outside its view (422), the journey with names (403), another purpose (403)")


async def _refused(asked: Awaitable[Answer], status: int, code: str) -> None:
    """Raises RoadError unless the answer is this problem."""
    answer = await asked
    if answer.status != status or answer.body.get("code") != code:
        raise unexpected("The partner", f"for what {code} should refuse", answer.status, answer.body)


async def _why(road: Road) -> None:
    """A dry run tells the administrator, and only them, why somebody is not seen."""
    for part, reason in ((INSIDE, "no-consent"), (MOVED, "outside-rows")):
        path = f"{GRANTS}/{road.grants['persons']}/dry-run"
        tried = (await road.by(ADMINISTRATOR).post(path, {"person_id": road.one(part).person_id})).body
        if tried["is_visible"] or tried["reasons"] != [reason]:
            raise RoadError(f"A dry run of '{part}' says {tried['reasons']}, not {reason}.")
    road.show.step("A dry run tells the administrator why: no-consent for the one, outside-rows for the other")


async def _taken_back(road: Road, partner: PartnerSystem, pid: str) -> None:
    asked = time.monotonic()
    await road.by(HUYE_INTAKE).post(f"/v1/consents/{road.consents[WHOLE]}/withdrawal", {})
    await eventually(_until(partner, f"{PERSONS}/{pid}", 404), "the partner is refused after the withdrawal")
    seconds = time.monotonic() - asked
    await eventually(lambda: _gone(partner, pid), "the feed tells that the person is gone")
    road.show.step(f"The consent was taken back: refused {seconds:.1f} s later, and told by the feed to delete")


def _until(partner: PartnerSystem, path: str, status: int) -> Callable[[], Awaitable[bool | None]]:
    async def look() -> bool | None:
        return (await partner.ask(path)).status == status or None

    return look


async def _gone(partner: PartnerSystem, pid: str) -> dict[str, Any] | None:
    return next((item for item in partner.told if item["type"] == GONE and item["subject"] == pid), None)


async def _suspended(road: Road, partner: PartnerSystem) -> None:
    """One administrator is enough to end a grant."""
    asked = time.monotonic()
    for grant in road.grants.values():
        await road.by(ADMINISTRATOR).post(f"{GRANTS}/{grant}/suspension")
    await eventually(_until(partner, PERSONS, 403), "the partner is refused after the suspension")
    seconds = time.monotonic() - asked
    await _refused(partner.ask("/v1/feed"), 403, "not-granted")
    road.show.step(f"The grants were suspended: refused {seconds:.1f} s later, the feed too")
