"""The people of the matrix in the curriculum: groups in both facilities, taught before anybody leaves."""

from datetime import date, timedelta

from curriculum_scene import CODES, STARTS, Office, written
from fleet import Deployed
from world import Story, World, facility_of

TAUGHT = STARTS + timedelta(days=23 * 7 + 3)
UNENROLLED = frozenset({"here", "there"})
WHOLE = ("preparing", "carried"), ("preparing_there", "strangers")
CERTIFIED = frozenset({"carried", "strangers"})
FEW = CODES[:4]


async def seed_curriculum(deployed: Deployed, world: World, story: Story) -> None:
    """Admitted, enrolled, taught; some complete, one of each facility is certified; then what became of them."""
    await deployed.deliveries.send(*story.first)
    for place, whole in zip(("here", "there"), WHOLE, strict=True):
        office = Office(deployed.api, facility_of(place))
        cohort = await office.open()
        world.put("cohort", place, cohort)
        members = [name for name in world.ids if facility_of(name) == facility_of(place) and name not in UNENROLLED]
        for name in members:
            world.put("enrolment", name, await office.enrol(cohort, world.ids[name]))
        everybody = [world.objects["enrolment"][name] for name in members]
        await office.teach(cohort, everybody, FEW)
        await office.teach(cohort, [world.objects["enrolment"][name] for name in whole], CODES[len(FEW) :])
        for name in whole:
            await _complete(office, world, name)
    await deployed.deliveries.send(*story.rest)
    await deployed.deliveries.send(*story.carers)
    await deployed.deliveries.send(*story.consents)


async def _complete(office: Office, world: World, name: str) -> None:
    enrolment = world.objects["enrolment"][name]
    written(await office.test(enrolment, "PRE", 12, STARTS))
    written(await office.test(enrolment, "POST", 80, TAUGHT))
    written(await office.complete(enrolment, decided_on=str(TAUGHT)))
    if name in CERTIFIED:
        path = f"/v1/curriculum/enrolments/{enrolment}/certificate"
        made = written(await office.caller.post(path, json={"issued_on": str(date(2026, 7, 1))}))
        world.put("serial", "-", made["serial"])
