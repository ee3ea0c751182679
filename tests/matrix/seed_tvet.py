"""The people of the matrix in training: everybody in the workshop of their facility before anybody leaves."""

from fleet import Deployed
from inzira_platform.testing.client import Caller
from tvet_scene import OPENED, Workshop
from world import Story, World, facility_of

AWARDED = frozenset({"carried", "strangers"})
FINISHED = AWARDED | {"preparing", "preparing_there"}
HALF_WAY = frozenset({"silent", "colleagues", "here", "there"})


def instructor_of(deployed: Deployed, facility: str) -> Caller:
    """Of the workshop there."""
    return deployed.api.as_("tvet_instructor", facility=facility, sub=f"acc-instructor-{facility.lower()}")


async def seed_tvet(deployed: Deployed, world: World, story: Story) -> None:
    """Admitted and trained; some finish, one of each facility has the award; then what became of them."""
    await deployed.deliveries.send(*story.first)
    for number, name in enumerate(world.ids):
        facility = facility_of(name)
        workshop = Workshop(instructor_of(deployed, facility), facility)
        training = await workshop.open(world.ids[name])
        world.put("training", name, training)
        if name in FINISHED:
            await workshop.complete(training)
        if name in AWARDED:
            assert (await workshop.award(training, f"RTB/2026/{number:04d}")).status_code == 201
        if name in HALF_WAY:
            assert (await workshop.attend([training], OPENED)).status_code == 201
            code = (await workshop.read(training))["modules"][0]["code"]
            assert (await workshop.assess(training, code)).status_code == 201
    await deployed.deliveries.send(*story.rest)
    await deployed.deliveries.send(*story.carers)
    await deployed.deliveries.send(*story.consents)
