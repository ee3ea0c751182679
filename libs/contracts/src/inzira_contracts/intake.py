"""Events of the intake service: who is in custody, where, until when, and how custody ended (domain.md 2).

And what of the person may be shared with whom (security.md 6).
"""

from typing import Annotated, ClassVar

from pydantic import Field

from inzira_contracts.codes import (
    AdmissionKind,
    Basis,
    CustodyState,
    DataClass,
    LegalStatus,
    Purpose,
    ReadmissionType,
    ReleaseReason,
    Sex,
    Supervision,
)
from inzira_contracts.event import Event, PersonEvent
from inzira_contracts.fields import (
    NONE,
    Agency,
    BirthYear,
    Code,
    Day,
    Digest,
    Duration,
    EventId,
    Moment,
    Ordinal,
    Ref,
    RuleSetId,
    Term,
    Terms,
)


class PersonAdmitted(PersonEvent):
    """A custody episode began."""

    type: ClassVar[str] = "inzira.intake.person.admitted.v1"
    episode_id: Ref
    facility: Code
    admission_kind: AdmissionKind
    readmission_type: ReadmissionType | None = None
    previous_episode_id: Ref | None = None
    legal_status: LegalStatus
    sex: Sex
    birth_year: BirthYear | None = None
    return_district: Code | None = None


class PersonMoved(PersonEvent):
    """A movement changed where the person is held; `custody_state` is the state after it."""

    type: ClassVar[str] = "inzira.intake.person.moved.v1"
    episode_id: Ref
    movement_id: Ref
    kind: Code
    from_facility: Code | None = None
    to_facility: Code | None = None
    custody_state: CustodyState


class SentenceRecorded(PersonEvent):
    """A sentence was entered; `duration` is ISO 8601 (years, months, days) or LIFE."""

    type: ClassVar[str] = "inzira.intake.sentence.recorded.v1"
    episode_id: Ref
    sentence_id: Ref
    duration: Duration
    starts_on: Day
    legal_status: LegalStatus


class DatesComputed(PersonEvent):
    """The release and parole dates as the named rule set gives them (domain.md 2.5); they may move later."""

    type: ClassVar[str] = "inzira.intake.dates.computed.v1"
    episode_id: Ref
    expected_release_on: Day | None = None
    parole_eligible_on: Day | None = None
    parole_status: Code
    rule_set: RuleSetId
    inputs_hash: Digest
    legal_status: LegalStatus


class PersonReleased(PersonEvent):
    """Custody ended; the follow-up clock starts at `released_on`."""

    type: ClassVar[str] = "inzira.intake.person.released.v1"
    episode_id: Ref
    facility: Code
    release_reason: ReleaseReason
    released_on: Day
    supervision: Supervision
    return_district: Code | None = None


class PersonDied(PersonEvent):
    """Terminal: every open task of this person closes."""

    type: ClassVar[str] = "inzira.intake.person.died.v1"
    episode_id: Ref | None = None
    died_on: Day


class FactCorrected(PersonEvent):
    """An earlier fact was corrected: `occurred_at` is the corrected time, `supersedes` the event replaced."""

    type: ClassVar[str] = "inzira.intake.fact.corrected.v1"
    episode_id: Ref
    fact: Term
    fact_id: Ref
    supersedes: EventId


class PersonUpdated(PersonEvent):
    """Details of the person changed; `changed` lists field names, the values stay in intake."""

    type: ClassVar[str] = "inzira.intake.person.updated.v1"
    changed: Terms
    return_district: Code | None = None


class ConsentEvent(PersonEvent):
    """About one consent or one named legal duty; `recipient` is the agency that may receive."""

    consent_id: Ref
    purpose: Purpose
    recipient: Agency
    basis: Basis

    @property
    def stream(self) -> str:
        """`consent:<id>`: nothing wrong with another fact about the person may hold up a withdrawal."""
        return f"consent:{self.consent_id}"


class ConsentGranted(ConsentEvent):
    """A person agreed to sharing, or a law demands it; `agreement_code` names the text read, or the duty.

    Holds from `valid_from` on and, where `valid_to` is given, before it.
    """

    type: ClassVar[str] = "inzira.intake.consent.granted.v1"
    data_classes: Annotated[list[DataClass], Field(max_length=20, json_schema_extra=NONE)]
    agreement_code: Code
    agreement_version: Ordinal
    valid_from: Moment
    valid_to: Moment | None = None


class ConsentWithdrawn(ConsentEvent):
    """The person took a consent back, or a legal duty ended: nothing is shared by it from `occurred_at` on."""

    type: ClassVar[str] = "inzira.intake.consent.withdrawn.v1"


EVENTS: tuple[type[Event], ...] = (
    PersonAdmitted,
    PersonMoved,
    SentenceRecorded,
    DatesComputed,
    PersonReleased,
    PersonDied,
    FactCorrected,
    PersonUpdated,
    ConsentGranted,
    ConsentWithdrawn,
)
