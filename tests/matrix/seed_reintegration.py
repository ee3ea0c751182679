"""The people of the matrix as their workers follow them: taken over at release, planned, visited, handed on, closed."""

from typing import Any
from uuid import UUID

import httpx2
from cells import matrix
from fleet import Deployed
from inzira_platform.testing.client import Caller
from inzira_platform.testing.consents import agreement
from reintegration_scene import GOOD
from world import FREED, PREPARING, UNAGREED, WITH_CASE, Story, World, org_of

GOAL = {"domain_code": "D4", "goal_code": "KIT", "owner": "PERSON", "due_on": "2027-01-01", "state": "OPEN"}


async def seed_reintegration(deployed: Deployed, world: World, story: Story) -> None:
    """Cases open by the approaching release, and go on as each person's name says.

    All agree while their cases are worked on; in the end, as told, not all of them do.
    """
    await deployed.deliveries.send(*story.first)
    await deployed.deliveries.send(*(agreement(world.ids[name], org_of(name)) for name in sorted(WITH_CASE)))
    await deployed.deliveries.send(*story.rest)
    team = Team(deployed, world)
    await team.find_cases()
    for name in sorted(FREED):
        await team.take_over(name)
    await team.prepare()
    await team.follow()
    await team.end()
    await team.no_longer_agree(story)
    await team.remember()


class Team:
    """Everybody at work on the cases."""

    def __init__(self, deployed: Deployed, world: World) -> None:
        self.deployed, self.world = deployed, world

    def as_(self, name: str) -> Caller:
        """A principal of the matrix."""
        return self.deployed.api.as_principal(matrix().principals[name].principal)

    async def post(self, who: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.as_(who).post(f"/v1/reintegration/{path}", body)
        return _done(answer)

    def case(self, name: str) -> str:
        return self.world.objects["case"][name]

    async def find_cases(self) -> None:
        rows = await self.deployed.database.rows("SELECT person_id, id FROM reintegration_case")
        found: dict[UUID, Any] = {row["person_id"]: row["id"] for row in rows}
        assert len(found) == len(WITH_CASE), "a case for each"
        for name in WITH_CASE:
            self.world.put("case", name, found[self.world.ids[name]])

    async def take_over(self, name: str) -> None:
        """The worker of the district accepts what was offered at release; one is then given to a colleague."""
        waiting = await self.deployed.database.value(
            "SELECT id FROM handover WHERE person_id = $1 AND state IN ('OFFERED', 'ESCALATED')", self.world.ids[name]
        )
        accepting = "worker" if org_of(name) == "DIDE" else "stranger"
        await self.post(accepting, f"handovers/{waiting}/decisions", {"decision": "ACCEPT"})
        if name == "colleagues":
            given = {"worker_id": matrix().principals["colleague"].principal.sub, "role": "PRIMARY"}
            await self.post("supervisor", f"cases/{self.case(name)}/assignments", given)

    async def prepare(self) -> None:
        """What a facility and the duty worker do before the release."""
        for name, officer in (("preparing", "psychosocial_here"), ("preparing_there", "psychosocial_there")):
            path = f"cases/{self.case(name)}"
            contact = {"worker_id": f"acc-{officer}", "role": "RCS"}
            await self.post(officer, f"{path}/assignments", contact)
            await self.post(
                officer, f"{path}/assessments", {"kind": "PRE_RELEASE", "held_on": "2026-11-20", "scores": dict(GOOD)}
            )
            await self.plan(officer, name)

    async def plan(self, who: str, name: str) -> None:
        path = f"/v1/reintegration/cases/{self.case(name)}"
        etag = (await self.as_(who).get(path)).headers["ETag"]
        body = {"goals": [GOAL], "tier": "STANDARD", "signed_on": "2026-11-20"}
        _done(await self.as_(who).put(f"{path}/plan", body, headers={"If-Match": etag}))

    async def follow(self) -> None:
        """Visits, flags and an offer, after the release."""
        for name, who in (("carried", "worker"), ("strangers", "stranger")):
            path = f"cases/{self.case(name)}"
            await self.plan(who, name)
            visit = {"kind": "HOME", "held_on": "2026-10-19", "scores": dict(GOOD), "due_code": "D14"}
            await self.post(who, f"{path}/visits", visit)
            raised = {"level": "AMBER", "domain_code": "D6", "reason_code": "X"}
            self.world.put("flag", name, (await self.post(who, f"{path}/flags", raised))["id"])
            review = {"kind": "REVIEW", "held_on": "2026-11-02", "scores": dict(GOOD)}
            await self.post(who, f"{path}/assessments", review)
        offer = {
            "to_worker": matrix().principals["colleague"].principal.sub, "to_org": "DIDE", "offered_on": "2026-11-20",
        }  # fmt: skip
        made = await self.post("worker", f"cases/{self.case('carried')}/handovers", offer)
        self.world.put("handover", "carried", made["id"])

    async def end(self) -> None:
        """One closure waits for a supervisor, another was approved."""
        asked = {"closure_code": "MOVED", "closes_on": "2026-11-20"}
        made = await self.post("colleague", f"cases/{self.case('colleagues')}/closures", asked)
        self.world.put("closure", "colleagues", made["id"])
        made = await self.post("worker", f"cases/{self.case('closed')}/closures", asked)
        await self.post("supervisor", f"closures/{made['id']}/approval", {})

    async def no_longer_agree(self, story: Story) -> None:
        """Time goes back for those who never agreed, no longer do, or took it back: what is told of them stands."""
        people = [self.world.ids[name] for name in UNAGREED]
        await self.deployed.database.execute("DELETE FROM casework_consent WHERE person_id = ANY ($1)", people)
        told = [event for event in story.consents if event.person_id in people]
        await self.deployed.deliveries.send(*told)

    async def remember(self) -> None:
        """Versions for If-Match, and the step of preparation that is still open."""
        for row in await self.deployed.database.rows("SELECT id, version FROM reintegration_case"):
            name = next(name for name in WITH_CASE if self.case(name) == str(row["id"]))
            self.world.versions[name] = row["version"]
        for name in PREPARING:
            item = await self.deployed.database.value(
                "SELECT id FROM due_item WHERE person_id = $1 AND code = 'R4' AND state <> 'CANCELLED'",
                self.world.ids[name],
            )
            self.world.put("due_item", name, item)


def _done(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code in (200, 201), f"{answer.request.url.path} {answer.text}"
    found: dict[str, Any] = answer.json()
    return found
