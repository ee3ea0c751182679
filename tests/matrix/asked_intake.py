"""How intake's operations are asked: the bodies that go through where whoever sends them may send them."""

from collections.abc import Mapping

from good_bodies import CONSENT, DEATH, FACT, MOVED, RELEASE, TERMS
from inzira_platform.ids import new_id
from runs import Cell, Sent, Writing
from seed_intake import DUTY, FAMILY_NAME, IN_REVIEW, XLSX, register_of
from seeds import admission
from world import World, facility_of

ALL = (("limit", "200"),)
RECEIVED = {"kind": "TRANSFER_RECEIVED", "occurred_at": "2026-11-23T08:00:00+02:00", "reference": "T/2"}
IF_MATCH = {"If-Match": '"1"'}


def _everybody(world: World, _cell: Cell) -> Sent:
    return Sent(query=tuple(("ids", str(identifier)) for identifier in [*world.ids.values(), new_id()]))


def _admission(_world: World, cell: Cell) -> Sent:
    return Sent(admission(777, facility_of(cell.situation), born_on="1955-02-03"))


def _register(_world: World, cell: Cell) -> Sent:
    place = "there" if cell.who == "intake_there" else "here"
    return Sent(content=register_of(place, "Ntihabose"), headers={"Content-Type": XLSX})


def with_body(body: object, **headers: str) -> Writing:
    """Everybody sends this body."""
    return lambda _world, _cell: Sent(body, headers=headers)


def query(*pairs: tuple[str, str]) -> Writing:
    """Everybody asks with this query."""
    return lambda _world, _cell: Sent(query=pairs)


OPERATIONS: Mapping[str, Writing] = {
    "GET /v1/operations/{service}/journal": query(("after_seq", "0"), ("limit", "200")),
    "POST /v1/operations/{service}/events/replay": with_body({"reason": "a test"}),
    "POST /v1/operations/{service}/events/republish": query(("after_seq", "0")),
}
"""Of every service."""

INTAKE: Mapping[str, Writing] = {
    "GET /v1/names": _everybody,
    "GET /v1/identities": query(("name", FAMILY_NAME), *ALL),
    "GET /v1/custody/due": query(("within", "P12M"), *ALL),
    "POST /v1/admissions": _admission,
    "POST /v1/imports": _register,
    "POST /v1/imports/{import_id}/rows/{row}/settlement": lambda _w, _c: Sent(
        {"settlement": "NOT_ADMITTED"}, path={"row": IN_REVIEW}
    ),
    "PATCH /v1/persons/{person_id}": lambda _w, _c: Sent({"full_name": "Kanari Ukundi"}, headers=IF_MATCH),
    "POST /v1/persons/{person_id}/movements": lambda _w, cell: Sent(
        RECEIVED if cell.situation == "arriving" else MOVED
    ),
    "POST /v1/persons/{person_id}/sentences": with_body(TERMS),
    "POST /v1/persons/{person_id}/releases": with_body(RELEASE),
    "POST /v1/persons/{person_id}/death": with_body(DEATH),
    "POST /v1/persons/{person_id}/corrections": with_body(FACT),
    "POST /v1/persons/{person_id}/consents": with_body({**CONSENT, "recipient": "NGO-9"}),
    "POST /v1/consents/{consent_id}/withdrawal": with_body({"reference": "W/2"}),
    "POST /v1/persons/{person_id}/legal-duties": with_body({**DUTY, "duty_code": "CASE-RECORD", "recipient": "IECMS"}),
    "POST /v1/legal-duties/{duty_id}/end": with_body({"reference": "E/2"}),
}


def of_service(name: str, own: Mapping[str, Writing]) -> dict[str, Writing]:
    """The operations of a service, those of every service among them."""
    return {**{label.replace("{service}", name): asked for label, asked in OPERATIONS.items()}, **own}
