"""Two officers write of one person's custody in the same instant: the second sees what the first wrote."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import UUID

import httpx2
import pytest
from intake_scene import release_plan
from inzira_platform.testing.client import Caller
from inzira_platform.testing.database import ServiceDatabase
from inzira_platform.testing.simultaneous import before_telling_of, deadlocks, one_into_another

Body = dict[str, Any]
Admit = Callable[..., Awaitable[Body]]
PLAN = release_plan("2026-01-31")
DEATH = {
    "occurred_at": "2026-01-30T10:00:00+02:00",
    "place": "HOSPITAL",
    "reference": "DC/1",
    "family_notified": "YES",
    "authority_notified": "YES",
    "remains": "HANDED_TO_FAMILY",
}
DEPARTED = {"kind": "TRANSFER_DEPARTED", "occurred_at": "2026-01-30", "to_facility": "MUS", "reference": "TO/1"}


class Papers:
    """What officers of Huye write of one person."""

    def __init__(self, first: Caller, second: Caller, made: Body, admission: Callable[..., Body]) -> None:
        self.first, self.second, self.person = first, second, UUID(made["person_id"])
        self.admission = admission

    async def prepare(self, **parts: Any) -> httpx2.Response:  # noqa: ANN401 - JSON
        return await self.first.post(f"/v1/persons/{self.person}/releases", {**PLAN, **parts})

    async def approve(self, prepared: httpx2.Response) -> httpx2.Response:
        return await self.second.post(f"/v1/releases/{prepared.json()['id']}/approval")

    async def correct(self, to: str = "2024-02-20T08:00:00+02:00") -> httpx2.Response:
        body = {"fact": "ADMISSION", "occurred_at": to, "reason_code": "LATE_DOCUMENT"}
        return await self.first.post(f"/v1/persons/{self.person}/corrections", body)

    async def die(self) -> httpx2.Response:
        return await self.first.post(f"/v1/persons/{self.person}/death", DEATH)

    async def release(self) -> None:
        assert (await self.approve(await self.prepare())).status_code == 201

    async def come_back(self) -> httpx2.Response:
        readmission = {"type": "NEW_OFFENCE", "person_id": str(self.person)}
        again = self.admission(admitted_at="2026-03-01T08:00:00+02:00", readmission=readmission)
        return await self.first.post("/v1/admissions", again)

    async def both(
        self,
        database: ServiceDatabase,
        first: Coroutine[object, object, httpx2.Response],
        second: Coroutine[object, object, httpx2.Response],
    ) -> tuple[httpx2.Response, httpx2.Response]:
        """The second while the first stands before its commit."""
        return await one_into_another(database, before_telling_of(self.person), first, second)

    async def depart(self) -> httpx2.Response:
        return await self.first.post(f"/v1/persons/{self.person}/movements", DEPARTED)


@pytest.fixture
async def papers(officer: Caller, second_officer: Caller, admit: Admit, make_admission: Callable[..., Body]) -> Papers:
    sentence = {"parts": [{"duration": "P2Y", "starts_on": "2024-02-01"}]}
    made = await admit(sentence=sentence, person={"return_district": None})
    return Papers(officer, second_officer, made, make_admission)


async def standing(database: ServiceDatabase, person: UUID) -> tuple[str, str, int]:
    """Where they are by their episode and by their reach, and the episode's version."""
    stands = "SELECT e.custody_state, s.custody_state AS reach, version FROM episode e JOIN person_scope s "
    [row] = await database.rows(stands + "USING (person_id) WHERE person_id = $1", person)
    return row["custody_state"], row["reach"], row["version"]


@pytest.mark.parametrize("correction_first", [True, False])
async def test_a_correction_and_a_release(database: ServiceDatabase, papers: Papers, correction_first: bool) -> None:
    prepared = await papers.prepare()
    acts = [papers.approve(prepared), papers.correct()]
    answers = await papers.both(database, *acts[:: -1 if correction_first else 1])
    assert [answer.status_code for answer in answers] == [201, 201]
    assert await standing(database, papers.person) == ("RELEASED", "RELEASED", 3)
    assert await deadlocks(database) == 0


async def test_an_admission_is_not_corrected_past_a_release_of_the_same_instant(
    database: ServiceDatabase, papers: Papers
) -> None:
    prepared = await papers.prepare()
    approved, corrected = await papers.both(
        database,
        papers.approve(prepared),
        papers.correct("2026-02-10T08:00:00+02:00"),
    )
    assert (approved.status_code, corrected.status_code) == (201, 409)
    assert corrected.json()["code"] == "order-contradiction"


@pytest.mark.parametrize("death_first", [True, False])
async def test_a_death_and_a_release(database: ServiceDatabase, papers: Papers, death_first: bool) -> None:
    prepared = await papers.prepare()
    acts = [papers.approve(prepared), papers.die()]
    first, second = await papers.both(database, *acts[:: -1 if death_first else 1])
    assert first.status_code == 201
    assert await standing(database, papers.person) == (
        ("DECEASED", "DECEASED", 2) if death_first else ("RELEASED", "DECEASED", 2)
    )
    assert second.status_code == (409 if death_first else 201), second.text
    assert await deadlocks(database) == 0


async def test_a_departure_and_a_release(database: ServiceDatabase, papers: Papers) -> None:
    prepared = await papers.prepare()
    departed, approved = await papers.both(database, papers.depart(), papers.approve(prepared))
    assert (departed.status_code, approved.status_code) == (201, 409), approved.text
    assert await standing(database, papers.person) == ("IN_TRANSIT", "IN_TRANSIT", 2)


async def test_an_order_is_superseded_and_approved(database: ServiceDatabase, papers: Papers) -> None:
    prepared = await papers.prepare()
    approved, again = await papers.both(database, papers.approve(prepared), papers.prepare(order_number="REL/2"))
    assert (approved.status_code, again.status_code) == (201, 409), again.text
    assert await deadlocks(database) == 0


@pytest.mark.parametrize("death_first", [True, False])
async def test_a_late_death_and_a_return(database: ServiceDatabase, papers: Papers, death_first: bool) -> None:
    """The death was before the return: whichever is told first stands, and the other is asked to look again."""
    await papers.release()
    acts = [papers.die(), papers.come_back()]
    answers = await papers.both(database, *acts[:: 1 if death_first else -1])
    assert [answer.status_code for answer in answers] == [201, 409], [answer.text for answer in answers]
    reach = await database.value("SELECT custody_state FROM person_scope WHERE person_id = $1", papers.person)
    assert reach == ("DECEASED" if death_first else "IN_FACILITY")
    assert await deadlocks(database) == 0


async def test_somebody_comes_back_once(database: ServiceDatabase, papers: Papers) -> None:
    await papers.release()
    first, second = await papers.both(database, papers.come_back(), papers.come_back())
    assert (first.status_code, second.status_code, second.json()["code"]) == (201, 409, "open-episode")
    assert await database.value("SELECT count(*) FROM episode WHERE closed_at IS NULL") == 1
