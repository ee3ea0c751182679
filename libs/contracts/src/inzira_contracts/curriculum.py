"""Events of the curriculum service: cohorts, enrolment, attendance, tests, certificates (domain.md 3)."""

from typing import ClassVar

from inzira_contracts.codes import AttendanceCode, EnrolmentState, TestPhase
from inzira_contracts.event import Event, PersonEvent
from inzira_contracts.fields import Code, Count, Day, GroupId, Mark, Ordinal, Ref, Serial


class CohortEvent(Event):
    """A fact about a cohort, about no single person; its stream is the cohort."""

    person_id: None = None
    cohort_id: GroupId

    @property
    def stream(self) -> str:
        """`cohort:<id>`."""
        return f"cohort:{self.cohort_id}"


class CohortOpened(CohortEvent):
    """A cohort of a programme was planned in a facility."""

    type: ClassVar[str] = "inzira.curriculum.cohort.opened.v1"
    programme_code: Code
    programme_version: Ordinal
    facility: Code
    starts_on: Day


class SessionHeld(CohortEvent):
    """A session took place; `present` and `absent` are head counts."""

    type: ClassVar[str] = "inzira.curriculum.session.held.v1"
    session_code: Code
    held_on: Day
    present: Count
    absent: Count


class EnrolmentOpened(PersonEvent):
    """A person was referred to or enrolled in a cohort."""

    type: ClassVar[str] = "inzira.curriculum.enrolment.opened.v1"
    enrolment_id: Ref
    cohort_id: GroupId
    programme_code: Code
    facility: Code
    state: EnrolmentState


class EnrolmentChanged(PersonEvent):
    """An enrolment moved between states."""

    type: ClassVar[str] = "inzira.curriculum.enrolment.changed.v1"
    enrolment_id: Ref
    from_state: EnrolmentState
    to_state: EnrolmentState


class AttendanceRecorded(PersonEvent):
    """One person's attendance of one session."""

    type: ClassVar[str] = "inzira.curriculum.attendance.recorded.v1"
    enrolment_id: Ref
    session_code: Code
    module_code: Code
    code: AttendanceCode


class TestRecorded(PersonEvent):
    """A knowledge test was sat; `passed` is null where the phase has no pass mark."""

    __test__ = False  # pytest collects classes by this prefix
    type: ClassVar[str] = "inzira.curriculum.test.recorded.v1"
    enrolment_id: Ref
    phase: TestPhase
    sitting: Ordinal
    passed: Mark | None = None


class EnrolmentCompleted(PersonEvent):
    """The dosage and test rules of the programme are met."""

    type: ClassVar[str] = "inzira.curriculum.enrolment.completed.v1"
    enrolment_id: Ref
    programme_code: Code
    sessions_attended: Count


class CertificateIssued(PersonEvent):
    """A certificate was issued; it never says where it was earned (domain.md 0)."""

    type: ClassVar[str] = "inzira.curriculum.certificate.issued.v1"
    enrolment_id: Ref
    certificate_id: Ref
    serial: Serial
    programme_code: Code


EVENTS: tuple[type[Event], ...] = (
    CohortOpened,
    SessionHeld,
    EnrolmentOpened,
    EnrolmentChanged,
    AttendanceRecorded,
    TestRecorded,
    EnrolmentCompleted,
    CertificateIssued,
)
