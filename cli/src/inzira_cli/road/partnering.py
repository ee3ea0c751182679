"""Leg: a partner is registered with its key and its grants, each by two administrators; two people are asked."""

import asyncio
from datetime import timedelta
from typing import Any

from joserfc.jwk import ECKey

from inzira_cli.road.cast import ADMINISTRATOR, HUYE_INTAKE, SECOND_ADMINISTRATOR
from inzira_cli.road.days import at, months_after
from inzira_cli.road.errors import RoadError
from inzira_cli.road.partner_system import PURPOSE, PartnerSystem
from inzira_cli.road.people import MOVED, WHOLE
from inzira_cli.road.state import Road

CLIENT_ID, NAME, AGENCY = "interpeace-return", "Interpeace, return support", "INTERPEACE"
DISTRICTS = ("24", "43")
"""Huye and Musanze."""
AGREED = (WHOLE, MOVED)
"""Who says yes; the second returns to a district that is not the partner's."""
KEY_DAYS = 700
PARTNERS, GRANTS = "/v1/admin/partners", "/v1/admin/grants"
PERSONS = "/v1/partner/persons"


async def walk(road: Road) -> None:
    """Let the partner in and let it follow from now on. Raises RoadError."""
    partner = road.its_partner()
    partner_id = await _registered(road, partner)
    for route in ("persons", "feed"):
        road.grants[route] = await _granted(road, partner_id, route)
    road.show.step(f"{NAME}: its system, key and grants each proposed by one administrator, approved by another")
    await partner.sign_in()
    before = await listed(partner)
    road.show.step(f"Signed in with its own key, no password; before anybody agreed it saw {len(before)} people")
    road.following = asyncio.create_task(partner.follow())
    road.consents = dict(zip(AGREED, await road.together(_agree(road, part) for part in AGREED), strict=True))
    await road.watch("partner let in")
    road.show.step(f"{len(AGREED)} of {len(road.travellers)} people agree, before a witness, to be known to it")


async def listed(partner: PartnerSystem, **query: str) -> list[dict[str, Any]]:
    """Everybody the partner sees. Raises RoadError when it is refused."""
    answer = await partner.ask(PERSONS, {"limit": 200, **query})
    if answer.status != 200:
        raise RoadError(f"The partner was refused its list: {answer.body}")
    items: list[dict[str, Any]] = answer.body["items"]
    return items


async def _registered(road: Road, partner: PartnerSystem) -> str:
    """The partner's id here: made by one administrator and approved by another, unless it is there already."""
    administrator, second = road.by(ADMINISTRATOR), road.by(SECOND_ADMINISTRATOR)
    found = (await administrator.get(PARTNERS, limit=200)).body["items"]
    known = next((item for item in found if item["client_id"] == CLIENT_ID), None)
    key = _key(partner.key, at(road.days.today + timedelta(days=KEY_DAYS), 12))
    if known is None:
        body = {"client_id": CLIENT_ID, "name": NAME, "agency": AGENCY, "keys": [key]}
        partner_id = str((await administrator.post(PARTNERS, body)).body["id"])
        await second.post(f"{PARTNERS}/{partner_id}/approval")
        return partner_id
    partner_id = str(known["id"])
    if partner.key.kid not in {item["kid"] for item in known["keys"]}:
        made = (await administrator.post(f"{PARTNERS}/{partner_id}/keys", key)).body
        await second.post(f"{PARTNERS}/{partner_id}/keys/{made['id']}/approval")
    return partner_id


def _key(key: ECKey, not_after: str) -> dict[str, Any]:
    public = {name: str(value) for name, value in key.as_dict(private=False).items()}
    return {"jwk": public, "not_after": not_after}


async def _granted(road: Road, partner_id: str, route: str) -> str:
    body = {
        "partner_id": partner_id,
        "route": route,
        "row_filter": {"districts": list(DISTRICTS)},
        "view": "return-support",
        "view_version": 1,
        "purposes": [PURPOSE],
        "basis": "CONSENT",
        "agreement": "an invented agreement of the demonstration",
        "valid_from": road.days.today.isoformat(),
        "valid_to": months_after(road.days.today, 12).isoformat(),
    }
    grant_id = str((await road.by(ADMINISTRATOR).post(GRANTS, body)).body["id"])
    await road.by(SECOND_ADMINISTRATOR).post(f"{GRANTS}/{grant_id}/approval")
    return grant_id


async def _agree(road: Road, part: str) -> str:
    """Write down a consent by word of mouth; its id."""
    body = {
        "purpose": PURPOSE,
        "recipient": AGENCY,
        "data_classes": ["CUSTODY", "SENTENCE", "CURRICULUM", "TRAINING", "REINTEGRATION"],
        "agreement_code": "SHARE-REINTEGRATION",
        "agreement_version": 1,
        "language": "rw",
        "method": "ORAL",
        "witness": {"role": "CHAPLAIN", "full_name": "Invented Chaplain"},
        "valid_to": at(months_after(road.days.today, 12), 0),
    }
    made = await road.by(HUYE_INTAKE).post(f"/v1/persons/{road.one(part).person_id}/consents", body)
    return str(made.body["id"])
