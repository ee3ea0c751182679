"""Writing the feed: in the consumer's transaction, beside the journey it speaks of."""

from collections.abc import Sequence

from inzira_contracts.intake import ConsentGranted, ConsentWithdrawn
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_gateway.feed import repository
from inzira_gateway.feed.domain import CONSENT, changed_fields, milestones_of
from inzira_gateway.feed.repository import Change
from inzira_gateway.journey.domain import HEAD_TYPES
from inzira_gateway.journey.projection import Turn

CONSENTS = (ConsentGranted.type, ConsentWithdrawn.type)
NOTED = frozenset((*HEAD_TYPES, *CONSENTS))


async def note(session: AsyncSession, turns: Sequence[Turn]) -> None:
    """Add a row for each event that changed something a view can show, in the order of the events."""
    found = [(turn, sorted(_changed(turn))) for turn in turns if turn.meta.type in NOTED]
    rows = [Change(turn.event.person_id, changed, turn.meta.time) for turn, changed in found if changed]
    await repository.append_many(session, rows)


def _changed(turn: Turn) -> set[str]:
    changed = changed_fields(turn.before, turn.after)
    changed |= milestones_of(turn.meta.type, is_correction=turn.event.supersedes is not None)
    return changed | {CONSENT} if turn.meta.type in CONSENTS else changed
