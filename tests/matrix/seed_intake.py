"""The people of the matrix as intake's own officers write them down."""

import io
from typing import Any
from uuid import UUID

import httpx2
import openpyxl
from cells import matrix
from fleet import Deployed
from good_bodies import CONSENT, DEATH, RELEASE
from inzira_platform.testing.client import Caller
from seeds import admission
from world import FREED, PREPARING, World, facility_of, responsibilities

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = (
    "RCS No", "Names", "Sex", "Date of birth", "Facility", "Date of admission", "Commitment order", "Authority",
    "Offence", "Sentence", "Start of sentence",
)  # fmt: skip
FAMILY_NAME = "Kanari"
"""In everybody's name: what an answer without names never holds."""
GIVEN = "2024-12-02T08:00:00+02:00"
SHARING = {"recipient": "DIDE", "data_classes": ["IDENTITY", "CUSTODY"]}
CONSENTS: dict[str, dict[str, Any]] = {
    "carried": {**CONSENT, **SHARING},
    "lapsed": {**CONSENT, **SHARING, "given_at": GIVEN, "valid_to": "2025-12-01T08:00:00+02:00"},
    "revoked": {**CONSENT, **SHARING},
    "here": {**CONSENT, **SHARING},
    "there": {**CONSENT, **SHARING},
    "strangers": {**CONSENT, **SHARING, "recipient": "PFR"},
    "colleagues": {**CONSENT, **SHARING},
    "preparing": {**CONSENT, **SHARING},
    "preparing_there": {**CONSENT, **SHARING, "recipient": "PFR"},
    "closed": {**CONSENT, **SHARING},
}
DUTIES = ("here", "there", "carried")
DUTY = {
    "duty_code": "PAROLE-SUPERVISION", "recipient": "NPPA", "data_classes": ["CUSTODY"], "reference": "P/1",
    "valid_to": "2027-05-04T08:00:00+02:00",
}  # fmt: skip
IN_REVIEW = "5"
RELEASED_AT = "2026-10-05T08:00:00+02:00"
SENT = {
    "kind": "TRANSFER_DEPARTED", "occurred_at": "2026-11-22T08:00:00+02:00", "to_facility": "MUS", "reference": "T/1",
}  # fmt: skip


async def seed_intake(deployed: Deployed, world: World, *, followed_up: bool = True) -> None:
    """Everybody admitted; then what happened to each; the consents, duties and registers; who carries whom."""
    desk = Desk(deployed, world)
    for number, name in enumerate(list(world.ids)):
        await desk.admit(name, number)
    for name in world.ids:
        await desk.go_on(name)
    for name, body in CONSENTS.items():
        await desk.consent(name, body)
    for name in DUTIES:
        made = await desk.protection.post(f"/v1/persons/{world.ids[name]}/legal-duties", DUTY)
        world.put("duty", name, done(made)["id"])
    for place in ("here", "there"):
        await desk.register(place)
    await deployed.deliveries.scan("register.import")
    if followed_up:
        await deployed.deliveries.send(*responsibilities(world))


def done(answer: httpx2.Response) -> dict[str, Any]:
    """The body of a write that succeeded."""
    assert answer.status_code in (200, 201, 202), f"{answer.request.url.path} {answer.text}"
    found: dict[str, Any] = answer.json()
    return found


class Desk:
    """Two officers of each facility at work."""

    def __init__(self, deployed: Deployed, world: World) -> None:
        self.api = deployed.api
        self.world = world
        self.protection = deployed.api.as_principal(matrix().principals["protection"].principal)

    def officer(self, name: str, number: int = 1) -> Caller:
        """Of the facility of the person."""
        facility = facility_of(name)
        return self.api.as_("rcs_intake_officer", facility=facility, sub=f"acc-{facility}-{number}")

    async def admit(self, name: str, number: int) -> None:
        sentence = {"duration": "P3Y1M" if name in PREPARING else "P4Y", "starts_on": "2024-02-01"}
        body = admission(
            number,
            facility_of(name),
            full_name=f"{FAMILY_NAME} {name.replace('_', ' ').title()}",
            known_names=[f"{FAMILY_NAME} wa {number}"],
            born_on=f"{1960 + number}-05-04",
            national_id=f"9{1960 + number}7{number:010d}",
            phone=f"+2507001112{number:02d}",
            return_district={"HUY": "24", "MUS": "43"}[facility_of(name)],
        )
        body["sentence"] = {"parts": [sentence]}
        body["sections"]["injuries"] = {"answer": "RECORDED", "text": "an invented injury"}
        made = done(await self.officer(name).post("/v1/admissions", body))
        self.world.ids[name], self.world.episodes[name] = UUID(made["person_id"]), UUID(made["episode_id"])

    async def go_on(self, name: str) -> None:
        path = f"/v1/persons/{self.world.ids[name]}"
        if name in FREED:
            order = done(
                await self.officer(name).post(
                    f"{path}/releases",
                    {
                        **RELEASE,
                        "released_at": RELEASED_AT,
                        "return_district": {"HUY": "24", "MUS": "43"}[facility_of(name)],
                    },
                )
            )
            done(await self.officer(name, 2).post(f"/v1/releases/{order['id']}/approval"))
        elif name in PREPARING:
            order = done(await self.officer(name).post(f"{path}/releases", RELEASE))
            self.world.put("release", name, order["id"])
        elif name == "arriving":
            done(await self.officer(name).post(f"{path}/movements", SENT))
        elif name == "dead":
            done(await self.officer(name).post(f"{path}/death", DEATH))

    async def consent(self, name: str, body: dict[str, Any]) -> None:
        made = done(await self.officer(name).post(f"/v1/persons/{self.world.ids[name]}/consents", body))
        self.world.put("consent", name, made["id"])
        if name == "revoked":
            done(await self.officer(name).post(f"/v1/consents/{made['id']}/withdrawal", {"reference": "W/1"}))

    async def register(self, place: str) -> None:
        """A register with somebody who is known already, and a row nobody can read."""
        answer = await self.officer(place).request(
            "POST", "/v1/imports", content=register_of(place), headers={"Content-Type": XLSX}
        )
        self.world.put("import", place, done(answer)["id"])


def register_of(place: str, known_as: str = "Umuntu") -> bytes:
    """The workbook of a facility.

    Somebody known here, somebody known elsewhere, a row nobody can read, and one who may be known (`IN_REVIEW`).
    """
    facility, people = facility_of(place), list(matrix().people)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(HEADINGS))
    tail = ["ORD/2018/0001", "High Court Nyanza", "Theft", "imyaka 15", "3/4/2018"]
    for name in ("here", "there"):
        number = f"TST-{facility_of(name)}-{people.index(name):05d}"
        sheet.append([number, f"{FAMILY_NAME} {known_as}", "M", "05/06/1970", facility, "3/4/2018", *tail])
    sheet.append([f"TST-{facility}-99999", f"{FAMILY_NAME} Undi", "M", "?", facility, "?", *tail])
    name, born = f"{FAMILY_NAME} {place.title()}", f"04/05/{1960 + people.index(place)}"
    sheet.append([f"TST-{facility}-88888", name, "M", born, facility, "3/4/2018", *tail])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
