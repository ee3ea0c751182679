"""Events about where a person is held, and about a death."""

from datetime import date, datetime
from uuid import UUID

from inzira_contracts.codes import CustodyState
from inzira_contracts.intake import PersonDied, PersonMoved

from inzira_intake.custody.domain import FactKind, Position
from inzira_intake.custody.models import CustodyFact


def moved(fact: CustodyFact, before: Position, after: Position) -> PersonMoved:
    """`before` and `after` are where the episode stood and stands, all facts known counted."""
    return PersonMoved(
        person_id=fact.person_id,
        occurred_at=fact.occurred_at,
        recorded_by=fact.recorded_by,
        episode_id=fact.episode_id,
        movement_id=fact.id,
        kind=fact.kind,
        from_facility=before.facility,
        to_facility=_destination(fact, before, after),
        custody_state=CustodyState(after.state.value),
    )


def _destination(fact: CustodyFact, before: Position, after: Position) -> str | None:
    """Where the person is sent or now is; None when this fact, perhaps learned late, did not change it."""
    if fact.kind == FactKind.TRANSFER_DEPARTED:
        return fact.to_facility
    return after.facility if after.facility != before.facility else None


def died(person_id: UUID, episode_id: UUID | None, died_on: date, *, at: datetime, by: str) -> PersonDied:
    """`at` is when it happened."""
    return PersonDied(person_id=person_id, occurred_at=at, recorded_by=by, episode_id=episode_id, died_on=died_on)
