"""What a partner is told of a change, decided when it is delivered. Pure."""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

from inzira_platform.errors import DomainError, Kind

from inzira_gateway.journey.domain import Axes
from inzira_gateway.sharing.domain import AXES, MILESTONES, Sight

KEPT = timedelta(days=30)
CONSENT = "consent"
"""What a row says has changed when a consent was given or taken back: no field of a person."""
GONE = "gone"
LONGEST_POLL = 25


class FeedExpiredError(DomainError):
    kind = Kind.CONFLICT
    code = "feed-cursor-expired"
    message = "This cursor is older than what is kept (30 days). List the persons anew and follow from there."


class Told(StrEnum):
    """What an item says."""

    CHANGED = "inzira.partner.person.changed.v1"
    GONE = "inzira.partner.person.gone.v1"


def decide(
    sight: Sight | None, position: int, changed: Collection[str], shown: Collection[str] | None
) -> tuple[Told | None, Sight | None]:
    """What to tell at `position`, and the sight afterwards; `shown` are the fields seen now, None when out of sight.

    Reading the same positions again tells the same. Of somebody out of sight nothing is told but, once, that
    they are gone: later changes would tell of a life that is none of the partner's business.
    """
    if shown is None:
        return _out_of_sight(sight, position)
    if sight is None or (sight.left is not None and position > sight.left):
        return Told.CHANGED, Sight(position)
    if position == sight.since or set(changed) & set(shown):
        return (Told.CHANGED if sight.left is None else None), sight
    return None, sight


def _out_of_sight(sight: Sight | None, position: int) -> tuple[Told | None, Sight | None]:
    if sight is None:
        return None, None
    if sight.left is None and position >= sight.since:
        return Told.GONE, Sight(sight.since, position)
    return (Told.GONE if sight.left == position else None), sight


def changed_fields(before: Axes | None, after: Axes) -> set[str]:
    """Fields of views that differ between two states of a head; `before` is None for somebody not known until now."""
    return {name for name, column in AXES.items() if getattr(before, column, None) != getattr(after, column)}


def milestones_of(event_type: str, *, is_correction: bool) -> set[str]:
    """The milestone fields an event can change."""
    if is_correction:
        return {field for field, _, _ in MILESTONES.values()}
    return {MILESTONES[event_type][0]} if event_type in MILESTONES else set()
