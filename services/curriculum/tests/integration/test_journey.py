"""The road of one group, over HTTP: 48 sessions, tests, completion, certificates."""

from datetime import date

from curriculum_scene import Custody, Office, written
from inzira_platform.testing.client import Api

DONE = date(2026, 7, 1)


async def test_a_group_goes_from_enrolment_to_certificate(api: Api, custody: Custody, office: Office) -> None:
    people = [await custody.admit() for _ in range(3)]
    cohort = await office.open()
    enrolments = [await office.enrol(cohort, person) for person in people]
    await office.teach(cohort, enrolments)
    for enrolment in enrolments:
        written(await office.test(enrolment, "PRE", 35, date(2026, 1, 5)))
        assert written(await office.test(enrolment, "POST", 70, date(2026, 6, 20)))["passed"] is True
        answer = written(await office.complete(enrolment, decided_on=str(DONE)))
        assert (answer["state"], answer["sessions_attended"]) == ("COMPLETED", 48)
    batch = await office.caller.post(f"/v1/curriculum/cohorts/{cohort}/certificates", json={"issued_on": str(DONE)})
    serials = [one["serial"] for one in written(batch)["issued"]]
    assert len(set(serials)) == 3
    valid = (await api.nobody().get(f"/v1/curriculum/certificates/{serials[0]}")).json()
    assert valid == {
        "valid": True,
        "programme": "Certificate in life skills, wellness and community living",
        "issued_on": "2026-07-01",
    }
    read = await office.read(enrolments[0])
    assert (read["state"], read["certificate_serial"]) == ("CERTIFIED", serials[0])
    states = (await office.caller.get(f"/v1/curriculum/cohorts/{cohort}")).json()
    assert (states["state"], states["sessions_held"], states["sessions_total"]) == ("COMPLETED", 48, 48)


async def test_the_journey_emits_every_event_in_order(api: Api, custody: Custody, office: Office) -> None:
    person = await custody.admit()
    cohort = await office.open()
    enrolment = await office.enrol(cohort, person)
    await office.teach(cohort, [enrolment])
    written(await office.test(enrolment, "POST", 70, date(2026, 6, 20)))
    written(await office.complete(enrolment))
    written(await office.caller.post(f"/v1/curriculum/cohorts/{cohort}/certificates", json={}))
    events = await api.database.events()
    kinds = [event.type.removeprefix("inzira.curriculum.").removesuffix(".v1") for event in events]
    assert kinds[:5] == [
        "cohort.opened",
        "enrolment.opened",
        "session.held",
        "enrolment.changed",
        "attendance.recorded",
    ]
    assert kinds.count("attendance.recorded") == kinds.count("session.held") == 48
    assert kinds[-3:] == ["test.recorded", "enrolment.completed", "certificate.issued"]
