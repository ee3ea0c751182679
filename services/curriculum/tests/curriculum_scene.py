"""What the tests begin with: custody telling its facts, and an officer at work."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx2
from inzira_contracts import codes, intake
from inzira_curriculum.programme.service import get_newest
from inzira_platform.clock import kigali_midnight
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.deliveries import Deliveries

STARTS = date(2026, 1, 5)
RELEASE = date(2027, 3, 1)
CODES = get_newest("CORRECTIONAL").session_codes


class Custody:
    """What intake tells this service, delivered through its real consumer."""

    def __init__(self, deliveries: Deliveries) -> None:
        """`deliveries` is the fixture of that name."""
        self.deliveries = deliveries
        self.episodes: dict[UUID, UUID] = {}

    async def admit(
        self,
        facility: str = "HUY",
        *,
        on: date = date(2024, 5, 6),
        release: date | None = RELEASE,
        parole: date | None = None,
        status: str = "CONVICTED_FINAL",
        person_id: UUID | None = None,
    ) -> UUID:
        """An admission with its computed dates; the id of the person."""
        person = person_id or new_id()
        self.episodes[person] = new_id()
        await self.deliveries.send(
            self.admission(person, facility, on, status), self.dates(person, release, parole, status)
        )
        return person

    def admission(
        self, person: UUID, facility: str, on: date, status: str = "CONVICTED_FINAL"
    ) -> intake.PersonAdmitted:
        """The event of an admission."""
        return intake.PersonAdmitted(
            person_id=person,
            occurred_at=kigali_midnight(on),
            recorded_by="acc-intake",
            episode_id=self.episodes.setdefault(person, new_id()),
            facility=facility,
            admission_kind=codes.AdmissionKind.NEW,
            legal_status=codes.LegalStatus(status),
            sex=codes.Sex.F,
        )

    def dates(
        self, person: UUID, release: date | None, parole: date | None = None, status: str = "CONVICTED_FINAL"
    ) -> intake.DatesComputed:
        """The event of computed dates."""
        return intake.DatesComputed(
            person_id=person,
            occurred_at=kigali_midnight(date(2024, 5, 7)),
            recorded_by="acc-intake",
            episode_id=self.episodes[person],
            expected_release_on=release,
            parole_eligible_on=parole,
            parole_status="ELIGIBLE_LATER",
            rule_set="parole-2023",
            inputs_hash="0123456789abcdef",
            legal_status=codes.LegalStatus(status),
        )

    def movement(
        self, person: UUID, kind: str, to_facility: str | None, on: date, state: str = "IN_FACILITY"
    ) -> intake.PersonMoved:
        """The event of a movement."""
        return intake.PersonMoved(
            person_id=person,
            occurred_at=kigali_midnight(on),
            recorded_by="acc-intake",
            episode_id=self.episodes[person],
            movement_id=new_id(),
            kind=kind,
            to_facility=to_facility,
            custody_state=codes.CustodyState(state),
        )

    def released(self, person: UUID, on: date, facility: str = "HUY") -> intake.PersonReleased:
        """The event of a release."""
        return intake.PersonReleased(
            person_id=person,
            occurred_at=kigali_midnight(on),
            recorded_by="acc-intake",
            episode_id=self.episodes[person],
            facility=facility,
            release_reason=codes.ReleaseReason.PAROLE,
            released_on=on,
            supervision=codes.Supervision.PAROLE,
        )

    def died(self, person: UUID, on: date) -> intake.PersonDied:
        """The event of a death."""
        return intake.PersonDied(
            person_id=person, occurred_at=kigali_midnight(on), recorded_by="acc-intake", died_on=on
        )

    async def send(self, *events: Any) -> None:  # noqa: ANN401 - events of any type
        """Deliver events in one batch."""
        await self.deliveries.send(*events)


class Office:
    """A psychosocial officer at work over HTTP."""

    def __init__(self, api: Api, facility: str = "HUY") -> None:
        """An officer of `facility`."""
        self.api = api
        self.facility = facility

    @property
    def caller(self) -> Caller:
        """A fresh token each time: the clock of a test moves."""
        return self.api.as_("rcs_psychosocial_officer", facility=self.facility, sub=f"acc-{self.facility}")

    async def open(self, starts_on: date = STARTS, **more: Any) -> str:  # noqa: ANN401 - fields of the body
        """A cohort's id."""
        body = {"programme_code": "CORRECTIONAL", "facility": self.facility, "starts_on": str(starts_on), **more}
        return str(written(await self.caller.post("/v1/curriculum/cohorts", json=body))["id"])

    async def enrol(self, cohort: str, person: UUID, **more: Any) -> str:  # noqa: ANN401 - fields of the body
        """An enrolment's id."""
        return str(written(await self.try_enrol(cohort, person, **more))["id"])

    async def try_enrol(self, cohort: str, person: UUID, **more: Any) -> httpx2.Response:  # noqa: ANN401 - fields
        """The answer to enrolling somebody."""
        body = {"person_id": str(person), **more}
        return await self.caller.post(f"/v1/curriculum/cohorts/{cohort}/enrolments", json=body)

    async def mark(
        self,
        cohort: str,
        session: str,
        marks: dict[str, str],
        held_on: date = STARTS,
        **more: Any,  # noqa: ANN401 - fields of the body
    ) -> httpx2.Response:
        """The answer to a register."""
        body = {
            "held_on": str(held_on),
            "marks": [{"enrolment_id": enrolment, "code": code} for enrolment, code in marks.items()],
            **more,
        }
        return await self.caller.post(f"/v1/curriculum/cohorts/{cohort}/sessions/{session}/attendance", json=body)

    async def teach(
        self, cohort: str, enrolments: list[str], sessions: tuple[str, ...] = CODES, code: str = "P"
    ) -> None:
        """Mark every one with `code` in all these sessions, two a week from the first day of the cohort."""
        for session in sessions:
            position = CODES.index(session)
            held_on = STARTS + timedelta(days=position // 2 * 7 + position % 2 * 3)
            written(await self.mark(cohort, session, dict.fromkeys(enrolments, code), held_on))

    async def test(self, enrolment: str, phase: str, score: int, on: date, **more: Any) -> httpx2.Response:  # noqa: ANN401 - fields
        """The answer to a test."""
        body = {"phase": phase, "score": score, "taken_on": str(on), **more}
        return await self.caller.post(f"/v1/curriculum/enrolments/{enrolment}/tests", json=body)

    async def complete(self, enrolment: str, **body: Any) -> httpx2.Response:  # noqa: ANN401 - fields of the body
        """The answer to a completion."""
        return await self.caller.post(f"/v1/curriculum/enrolments/{enrolment}/completion", json=body)

    async def change(self, enrolment: str, action: str, **more: Any) -> httpx2.Response:  # noqa: ANN401 - fields
        """The answer to a change."""
        body = {"action": action, **more}
        return await self.caller.post(f"/v1/curriculum/enrolments/{enrolment}/changes", json=body)

    async def read(self, enrolment: str) -> dict[str, Any]:
        """An enrolment with its progress."""
        answer = await self.caller.get(f"/v1/curriculum/enrolments/{enrolment}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def written(answer: httpx2.Response) -> dict[str, Any]:
    """The body of a write that succeeded."""
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def refused(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal that is as expected."""
    body = dict(answer.json())
    assert (answer.status_code, body.get("code")) == (status, code), answer.text
    return body
