"""The acts tests begin with: what intake tells this service, and what an instructor does over HTTP."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
from inzira_contracts.codes import AdmissionKind, CustodyState, LegalStatus, ReleaseReason, Sex, Supervision
from inzira_contracts.intake import PersonAdmitted, PersonDied, PersonMoved, PersonReleased
from inzira_platform.clock import kigali_midnight
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Caller
from inzira_platform.testing.deliveries import Deliveries
from inzira_tvet.programme.repository import load_catalogue

OPENED = date(2026, 1, 5)


class Intake:
    """What intake tells this service, delivered through its real consumer."""

    def __init__(self, deliveries: Deliveries) -> None:
        self.deliveries = deliveries

    @staticmethod
    def admitted(person_id: UUID, facility: str = "HUY", on: date = date(2025, 1, 6)) -> PersonAdmitted:
        """A custody episode begins."""
        return PersonAdmitted(
            person_id=person_id,
            occurred_at=kigali_midnight(on),
            recorded_by="acc-intake",
            episode_id=new_id(),
            facility=facility,
            admission_kind=AdmissionKind.NEW,
            legal_status=LegalStatus.CONVICTED_FINAL,
            sex=Sex.F,
        )

    async def admit(self, facility: str = "HUY", on: date = date(2025, 1, 6), person_id: UUID | None = None) -> UUID:
        """Deliver an admission; the id of the person."""
        person = person_id or new_id()
        await self.deliveries.send(self.admitted(person, facility, on))
        return person

    async def move(
        self,
        person_id: UUID,
        to_facility: str | None,
        state: CustodyState = CustodyState.IN_FACILITY,
        *,
        kind: str = "TRANSFER_RECEIVED",
        at: datetime = datetime(2026, 3, 9, 8, 0, tzinfo=UTC),
    ) -> None:
        """A movement ends in `state`."""
        await self.deliveries.send(
            PersonMoved(
                person_id=person_id,
                occurred_at=at,
                recorded_by="acc-intake",
                episode_id=new_id(),
                movement_id=new_id(),
                kind=kind,
                from_facility="HUY",
                to_facility=to_facility,
                custody_state=state,
            )
        )

    @staticmethod
    def released(person_id: UUID, on: date) -> PersonReleased:
        """Custody ends."""
        return PersonReleased(
            person_id=person_id,
            occurred_at=kigali_midnight(on),
            recorded_by="acc-intake",
            episode_id=new_id(),
            facility="HUY",
            release_reason=ReleaseReason.SENTENCE_EXPIRED,
            released_on=on,
            supervision=Supervision.NONE,
        )

    async def release(self, person_id: UUID, on: date = date(2026, 4, 1)) -> None:
        """Deliver a release."""
        await self.deliveries.send(self.released(person_id, on))

    async def die(self, person_id: UUID, on: date = date(2026, 4, 1)) -> None:
        """The person died."""
        await self.deliveries.send(
            PersonDied(person_id=person_id, occurred_at=kigali_midnight(on), recorded_by="acc-intake", died_on=on)
        )


class Workshop:
    """What an instructor does over HTTP."""

    def __init__(self, caller: Caller, facility: str) -> None:
        self.caller = caller
        self.facility = facility

    async def open(self, person_id: UUID, programme: str = "AGRICULTURE-L1", **body: Any) -> str:  # noqa: ANN401 - JSON
        """Open a training; its id."""
        given = {"person_id": str(person_id), "programme_code": programme, "opened_on": str(OPENED), **body}
        answer = await self.caller.post("/v1/tvet/trainings", given)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def read(self, training_id: str) -> Any:  # noqa: ANN401 - JSON
        """The training whole."""
        answer = await self.caller.get(f"/v1/tvet/trainings/{training_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def attend(
        self, training_ids: Iterable[str], on: date, present: bool = True, programme: str = "AGRICULTURE-L1"
    ) -> httpx2.Response:
        """Mark a class on a day."""
        marks = [{"training_id": training_id, "present": present} for training_id in training_ids]
        body = {"facility": self.facility, "programme_code": programme, "held_on": str(on), "marks": marks}
        return await self.caller.post("/v1/tvet/attendance", body)

    async def assess(
        self,
        training_id: str,
        module: str,
        on: date = OPENED,
        result: str = "C",
        **body: Any,  # noqa: ANN401 - JSON
    ) -> httpx2.Response:
        """One sitting of a module, every outcome with the same result unless `outcomes` says otherwise."""
        programme = (await self.read(training_id))["programme_code"]
        found = load_catalogue().find_version(programme, 1)
        judged = found.find_module(module) if found else None
        given = {
            "module_code": module,
            "assessed_on": str(on),
            "assessor": "acc-instructor-huy",
            "outcomes": dict.fromkeys(judged.outcomes, result) if judged else {"LO1": result},
            **body,
        }
        return await self.caller.post(f"/v1/tvet/trainings/{training_id}/assessments", given)

    async def assess_whole(
        self,
        training_id: str,
        on: date = OPENED,
        result: str = "C",
        assessor: str = "RTB-ASR-7",
        **body: Any,  # noqa: ANN401 - JSON
    ) -> httpx2.Response:
        """One sitting of the integrated assessment."""
        given = {"assessed_on": str(on), "assessor": assessor, "result": result, **body}
        return await self.caller.post(f"/v1/tvet/trainings/{training_id}/integrated-assessments", given)

    async def award(self, training_id: str, number: str = "RTB/2026/0001", **body: Any) -> httpx2.Response:  # noqa: ANN401 - JSON
        """Record the certificate."""
        given = {"rtb_number": number, "awarded_on": "2026-07-01", "verifier": "acc-verifier", **body}
        return await self.caller.post(f"/v1/tvet/trainings/{training_id}/award", given)

    async def complete(self, training_id: str) -> None:
        """Attend five days, and be judged competent in everything."""
        for day in range(5):
            assert (await self.attend([training_id], OPENED + timedelta(days=day))).status_code == 201
        for module in (await self.read(training_id))["modules"]:
            assert (await self.assess(training_id, module["code"])).status_code == 201
        assert (await self.assess_whole(training_id, date(2026, 6, 30))).status_code == 201
