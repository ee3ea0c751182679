"""A consumer that asks neither its inbox nor the versions of streams whether it has seen an event before."""

from inzira_platform import inbox
from sqlalchemy import text

EVERYTHING_IS_NEW = text(
    "INSERT INTO inbox(consumer, event_id) SELECT :consumer, unnest(CAST(:ids AS uuid[])) "
    "ON CONFLICT (consumer, event_id) DO UPDATE SET received_at = inbox.received_at RETURNING event_id"
)


async def _one(
    self: inbox.Inbox,
    session: inbox.AsyncSession,
    record: inbox.Incoming,
    standing: inbox.Standing,
    gathered: inbox.Gathered,
) -> int:
    if record.envelope is None:
        await self.park(session, record, "undecodable", record.fault)
        return 0
    await self._take(session, record, gathered)
    if record.topic not in self._unsequenced:
        stream = (record.source, record.envelope.partitionkey)
        standing.versions[stream] = max(standing.versions.get(stream, 0), record.envelope.sequence)
        standing.moved.add(stream)
    return 1


def change(_arguments: list[str]) -> None:
    """Put it into this process."""
    inbox.NEW = EVERYTHING_IS_NEW
    inbox.Inbox._one = _one
