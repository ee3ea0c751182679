"""What intake tells the service, and what workers do with it: the acts its tests are made of."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from inzira_contracts.codes import AdmissionKind, CustodyState, LegalStatus, ReleaseReason, Sex, Supervision
from inzira_contracts.intake import (
    DatesComputed,
    FactCorrected,
    PersonAdmitted,
    PersonDied,
    PersonMoved,
    PersonReleased,
    PersonUpdated,
)
from inzira_platform.clock import kigali_midnight
from inzira_platform.ids import new_id
from inzira_platform.testing.client import Api, Caller
from inzira_platform.testing.consents import agreement
from inzira_platform.testing.deliveries import Deliveries
from inzira_reintegration.ruleset import assignment_rules, rules_on

TODAY = date(2026, 11, 23)
HUYE = "24"
SOON = TODAY + timedelta(days=200)
DOMAINS = rules_on(TODAY).domains
GOOD = dict.fromkeys(DOMAINS, 3)
DUTY = assignment_rules().duty(HUYE)
COMMUNITY = assignment_rules().follow_up(HUYE)
ORG = DUTY.org


class Intake:
    """What intake tells this service, delivered through its real consumer."""

    def __init__(self, deliveries: Deliveries) -> None:
        self.deliveries = deliveries
        self.episodes: dict[UUID, UUID] = {}

    def _of(self, person_id: UUID, on: date) -> dict[str, Any]:
        return {"person_id": person_id, "occurred_at": kigali_midnight(on), "recorded_by": "acc-intake"}

    def admitted(
        self, person_id: UUID, on: date = date(2020, 1, 6), facility: str = "HUY", *, again: bool = False
    ) -> PersonAdmitted:
        """The event of an admission; remembers its episode."""
        self.episodes[person_id] = new_id()
        return PersonAdmitted(
            **self._of(person_id, on),
            episode_id=self.episodes[person_id],
            facility=facility,
            admission_kind=AdmissionKind.READMISSION if again else AdmissionKind.NEW,
            legal_status=LegalStatus.CONVICTED_FINAL,
            sex=Sex.F,
            return_district=HUYE,
        )

    def dates(self, person_id: UUID, expected: date | None, episode_id: UUID | None = None) -> DatesComputed:
        """The event of computed dates."""
        return DatesComputed(
            **self._of(person_id, TODAY),
            episode_id=episode_id or self.episodes[person_id],
            expected_release_on=expected,
            parole_status="ELIGIBLE",
            rule_set="parole-2023",
            inputs_hash="0" * 16,
            legal_status=LegalStatus.CONVICTED_FINAL,
        )

    def released(
        self,
        person_id: UUID,
        on: date,
        supervision: Supervision = Supervision.NONE,
        reason: ReleaseReason = ReleaseReason.SENTENCE_EXPIRED,
        district: str | None = HUYE,
    ) -> PersonReleased:
        """The event of a release."""
        return PersonReleased(
            **self._of(person_id, on),
            episode_id=self.episodes[person_id],
            facility="HUY",
            release_reason=reason,
            released_on=on,
            supervision=supervision,
            return_district=district,
        )

    def died(self, person_id: UUID, on: date) -> PersonDied:
        """The event of a death."""
        return PersonDied(**self._of(person_id, on), died_on=on)

    def readmitted(self, person_id: UUID) -> PersonAdmitted:
        """The event of a return into custody, today."""
        return self.admitted(person_id, TODAY, again=True)

    def died_today(self, person_id: UUID) -> PersonDied:
        """The event of a death, today."""
        return self.died(person_id, TODAY)

    def corrected(self, person_id: UUID, fact: str, on: date) -> FactCorrected:
        """The event of a correction."""
        return FactCorrected(
            **self._of(person_id, on),
            episode_id=self.episodes[person_id],
            fact=fact,
            fact_id=new_id(),
            supersedes=new_id(),
        )

    def updated(self, person_id: UUID, district: str) -> PersonUpdated:
        """The event of a changed district of return."""
        return PersonUpdated(**self._of(person_id, TODAY), changed=["return_district"], return_district=district)

    def moved(self, person_id: UUID, to: str | None, state: CustodyState = CustodyState.IN_FACILITY) -> PersonMoved:
        """The event of a movement."""
        return PersonMoved(
            **self._of(person_id, TODAY),
            episode_id=self.episodes[person_id],
            movement_id=new_id(),
            kind="TRANSFER_RECEIVED" if to else "ESCAPED",
            to_facility=to,
            custody_state=state,
        )

    async def prospect(self, expected: date | None = SOON, agreed: tuple[str, ...] = (ORG, "PFR")) -> UUID:
        """A person in custody whose dates are known; their case opens when they are due soon.

        They agreed, long ago, to being followed by these organisations.
        """
        person_id = new_id()
        consents = [agreement(person_id, org) for org in agreed]
        await self.deliveries.send(self.admitted(person_id), *consents, self.dates(person_id, expected))
        return person_id

    async def free(self, on: date, supervision: Supervision = Supervision.NONE) -> UUID:
        """A person who was released on a day, with a case opened a year before."""
        person_id = await self.prospect(on)
        await self.deliveries.send(self.released(person_id, on, supervision))
        return person_id


class Office:
    """Workers and supervisors of one organisation, over HTTP."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.worker_id = COMMUNITY.worker_id
        self.worker = api.as_("caseworker", sub=COMMUNITY.worker_id, org=ORG)
        self.duty = api.as_("caseworker", sub=DUTY.worker_id, org=ORG)
        self.supervisor = api.as_("supervisor", sub="acc-supervisor", org=ORG)
        self.second = api.as_("supervisor", sub="acc-supervisor-2", org=ORG)
        self.officer = api.as_("rcs_psychosocial_officer", sub="acc-officer", facility="HUY")
        self.stranger = api.as_("caseworker", sub="acc-stranger", org="HAGURUKA")

    async def case_of(self, person_id: UUID) -> dict[str, Any]:
        """The newest case row of a person, as the database holds it."""
        rows = await self.api.database.rows(
            "SELECT * FROM reintegration_case WHERE person_id = $1 ORDER BY id DESC LIMIT 1", person_id
        )
        return rows[0]

    async def case_of_id(self, case_id: object) -> dict[str, Any]:
        """A case row."""
        return (await self.api.database.rows("SELECT * FROM reintegration_case WHERE id = $1", case_id))[0]

    async def items(self, person_id: UUID, state: str | None = None) -> dict[str, dict[str, Any]]:
        """Items of a person's newest case that are not cancelled (or of one state), by code."""
        case = await self.case_of(person_id)
        rows = await self.api.database.rows("SELECT * FROM due_item WHERE case_id = $1 ORDER BY id", case["id"])
        return {r["code"]: r for r in rows if (r["state"] == state if state else r["state"] != "CANCELLED")}

    async def post(self, caller: Caller, path: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
        """POST that must answer `status`; its body."""
        answer = await caller.post(f"/v1/reintegration/{path}", body)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def take_over(self, person_id: UUID) -> None:
        """The community worker accepts the handover asked for at release."""
        waiting = await self.api.database.value(
            "SELECT id FROM handover WHERE person_id = $1 AND state IN ('OFFERED', 'ESCALATED')", person_id
        )
        await self.post(self.worker, f"handovers/{waiting}/decisions", {"decision": "ACCEPT"})

    async def plan(self, caller: Caller, case_id: object, goals: list[dict[str, Any]], **body: Any) -> Any:  # noqa: ANN401 - JSON
        """PUT the next version of the plan with the ETag that is current."""
        read = await caller.get(f"/v1/reintegration/cases/{case_id}")
        headers = {"If-Match": read.headers["ETag"]}
        return await caller.put(f"/v1/reintegration/cases/{case_id}/plan", {"goals": goals, **body}, headers=headers)
