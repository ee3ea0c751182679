"""Events of the vocational training service: training, competence results, awards (domain.md 4)."""

from typing import ClassVar

from inzira_contracts.codes import CompetenceResult
from inzira_contracts.event import Event, PersonEvent
from inzira_contracts.fields import Code, Codes, Day, Mark, Ordinal, Ref, RtqfLevel


class TrainingOpened(PersonEvent):
    """A person began training for a trade programme at an RTQF level (1 to 7)."""

    type: ClassVar[str] = "inzira.tvet.training.opened.v1"
    training_id: Ref
    programme_code: Code
    trade: Code
    rtqf_level: RtqfLevel
    facility: Code


class TrainingChanged(PersonEvent):
    """A training moved between states."""

    type: ClassVar[str] = "inzira.tvet.training.changed.v1"
    training_id: Ref
    from_state: Code
    to_state: Code


class TrainingAttended(PersonEvent):
    """One day's attendance, present or absent."""

    type: ClassVar[str] = "inzira.tvet.attendance.recorded.v1"
    training_id: Ref
    held_on: Day
    present: Mark


class ModuleAssessed(PersonEvent):
    """A module was assessed; `attempt` counts from 1."""

    type: ClassVar[str] = "inzira.tvet.module.assessed.v1"
    training_id: Ref
    module_code: Code
    result: CompetenceResult
    attempt: Ordinal


class IntegratedAssessed(PersonEvent):
    """The integrated assessment was sat; `attempt` counts from 1."""

    type: ClassVar[str] = "inzira.tvet.integrated.assessed.v1"
    training_id: Ref
    result: CompetenceResult
    attempt: Ordinal


class AwardGranted(PersonEvent):
    """All modules and the integrated assessment are competent: the award was granted."""

    type: ClassVar[str] = "inzira.tvet.award.granted.v1"
    training_id: Ref
    award_id: Ref
    programme_code: Code
    trade: Code


class AttainmentStated(PersonEvent):
    """A statement of attainment names the modules finished before a transfer or release."""

    type: ClassVar[str] = "inzira.tvet.attainment.stated.v1"
    training_id: Ref
    modules: Codes


EVENTS: tuple[type[Event], ...] = (
    TrainingOpened,
    TrainingChanged,
    TrainingAttended,
    ModuleAssessed,
    IntegratedAssessed,
    AwardGranted,
    AttainmentStated,
)
