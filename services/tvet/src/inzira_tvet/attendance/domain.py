"""Marks of one day: what a new mark does to what is already written (domain.md 4)."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from inzira_platform.errors import DomainError, Kind


class Step(StrEnum):
    """What a mark leads to."""

    FIRST = "FIRST"
    SAME = "SAME"
    CORRECTION = "CORRECTION"


class MarkedTwiceError(DomainError):
    kind = Kind.INVALID
    code = "marked-twice"
    message = "One training is marked twice in this call. Give each training once."


class NotInClassError(DomainError):
    kind = Kind.RULE_VIOLATION
    code = "not-in-class"
    message = "One of these trainings is not of this programme at this facility."


def step_of(known: bool | None, present: bool) -> Step:
    """How a mark meets what is known of that day (None: nothing): a differing one corrects it."""
    if known is None:
        return Step.FIRST
    return Step.SAME if known == present else Step.CORRECTION


def check_once(training_ids: Iterable[UUID]) -> None:
    """Each training is marked once per call. Raises MarkedTwiceError."""
    seen: set[UUID] = set()
    for training_id in training_ids:
        if training_id in seen:
            raise MarkedTwiceError(field="marks")
        seen.add(training_id)
