"""Applying records: inbox, version guard, effects and parking in one transaction (events.md 2)."""

import json
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
from inzira_contracts.event import Event
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_platform import metrics
from inzira_platform.delivery import POISON, Incoming
from inzira_platform.errors import DomainError, NotYet
from inzira_platform.failpoints import failpoint
from inzira_platform.ids import new_id
from inzira_platform.logging import log
from inzira_platform.problems import CONNECTION_LOST
from inzira_platform.service import Handler, Received, Together

NEW = text(
    "INSERT INTO inbox(consumer, event_id) SELECT :consumer, unnest(CAST(:ids AS uuid[])) "
    "ON CONFLICT DO NOTHING RETURNING event_id"
)
# Asked after NEW has waited for whoever took the same records at the same moment: it sees what they reached.
REACHED = text(
    "SELECT asked.source, asked.stream, coalesce(done.version, 0) AS version, "
    "EXISTS (SELECT 1 FROM parked_event p WHERE p.consumer = :consumer "
    "AND p.key = asked.source || '|' || asked.stream AND p.replayed_at IS NULL) AS blocked "
    "FROM unnest(CAST(:sources AS text[]), CAST(:streams AS text[])) AS asked(source, stream) "
    "LEFT JOIN consumed_stream done ON done.consumer = :consumer "
    "AND done.source = asked.source AND done.stream = asked.stream"
)
ADVANCE = text(
    "INSERT INTO consumed_stream(consumer, source, stream, version) "
    "SELECT :consumer, * FROM unnest(CAST(:sources AS text[]), CAST(:streams AS text[]), CAST(:versions AS int[])) "
    "ON CONFLICT (consumer, source, stream) DO UPDATE SET version = excluded.version"
)
PARK = text(
    'INSERT INTO parked_event(id, consumer, key, reason, detail, event_id, topic, partition, "offset", sequence, '
    "headers, payload, attempts) VALUES (:id, :consumer, :key, :reason, :detail, :event_id, :topic, :partition, "
    ":offset, :sequence, CAST(:headers AS jsonb), :payload, :attempts)"
)

Stream = tuple[str, str]
"""A service, and the stream as it names it."""
TRANSIENT_STATES = ("08", "53", "55", "57", "40")


class Contradiction(Exception):
    """A permanent failure: the reason it is parked with."""

    def __init__(self, reason: str, detail: str) -> None:
        """`detail` holds codes and field names, never values."""
        self.reason = reason
        self.detail = detail
        super().__init__(reason)


@dataclass
class Standing:
    """What the consumer knows about the streams of one batch."""

    fresh: set[UUID] = field(default_factory=set)
    versions: dict[Stream, int] = field(default_factory=dict)
    blocked: set[Stream] = field(default_factory=set)
    moved: set[Stream] = field(default_factory=set)


@dataclass
class Gathered:
    """Events in a row that one handler takes together, not handed to it yet."""

    handler: Together | None = None
    events: list[Received] = field(default_factory=list)


class Inbox:
    """Applies decoded records for one consumer; the caller owns the transaction."""

    def __init__(self, consumer: str, handlers: Mapping[str, Handler], unsequenced: frozenset[str]) -> None:
        """`unsequenced` names the topics whose events carry no version."""
        self._consumer = consumer
        self._handlers = handlers
        self._unsequenced = unsequenced
        self.holds = True
        """Whether something may be parked: whoever looks and finds nothing says so."""

    async def apply(self, session: AsyncSession, records: Sequence[Incoming]) -> int:
        """Write the effects of every new record in order; park what must wait. Returns how many were applied.

        Raises Contradiction, or whatever a handler raises, with nothing of the batch kept by the caller.
        """
        standing, gathered = await self._standing(session, records), Gathered()
        applied = 0
        for record in records:
            applied += await self._one(session, record, standing, gathered)
        await self._hand_over(session, gathered)
        await self.advance(session, {key: standing.versions[key] for key in standing.moved})
        await failpoint("effects_commit")
        return applied

    async def _standing(self, session: AsyncSession, records: Sequence[Incoming]) -> Standing:
        decoded = [record for record in records if record.envelope]
        ids = sorted({record.envelope.id for record in decoded if record.envelope})
        fresh = (await session.execute(NEW, {"consumer": self._consumer, "ids": ids})).scalars().all()
        metrics.INBOX_DUPLICATES.inc(len(decoded) - len(fresh))
        standing = Standing(fresh=set(fresh))
        if not fresh:
            return standing
        envelopes = [(record.source, record.envelope) for record in decoded if record.envelope]
        streams = {(source, found.partitionkey) for source, found in envelopes if found.id in standing.fresh}
        standing.versions, standing.blocked = await self.reached(session, sorted(streams))
        return standing

    async def reached(self, session: AsyncSession, streams: Sequence[Stream]) -> tuple[dict[Stream, int], set[Stream]]:
        """The version applied last of each of these streams (0: none), and those with an event that is parked."""
        columns = {"sources": [source for source, _ in streams], "streams": [stream for _, stream in streams]}
        rows = (await session.execute(REACHED, {"consumer": self._consumer, **columns})).all()
        blocked = {(row.source, row.stream) for row in rows if row.blocked}
        return {(row.source, row.stream): row.version for row in rows}, blocked

    async def advance(self, session: AsyncSession, versions: Mapping[Stream, int]) -> None:
        """Keep the versions reached."""
        if not versions:
            return
        pairs = sorted(versions)
        await session.execute(
            ADVANCE,
            {
                "consumer": self._consumer,
                "sources": [pair[0] for pair in pairs],
                "streams": [pair[1] for pair in pairs],
                "versions": [versions[pair] for pair in pairs],
            },
        )

    async def _one(self, session: AsyncSession, record: Incoming, standing: Standing, gathered: Gathered) -> int:
        """Take one record, or park it where it and its stream alone tell why: the others of the batch go on with it."""
        envelope = record.envelope
        if envelope is None:
            await self.park(session, record, "undecodable", record.fault)
            return 0
        if envelope.id not in standing.fresh:
            return 0
        standing.fresh.discard(envelope.id)  # the same record twice in one batch counts once
        stream = (record.source, envelope.partitionkey)
        is_sequenced = record.topic not in self._unsequenced
        try:
            if is_sequenced and not _is_next(stream, envelope.sequence, standing):
                metrics.INBOX_DUPLICATES.inc()
                return 0
            event = _read(record)
        except Contradiction as why:
            await self.park(session, record, why.reason, why.detail)
            if is_sequenced:
                standing.blocked.add(stream)
            return 0
        await self._take(session, Received(event, record.meta(event)), gathered)
        if is_sequenced:
            standing.versions[stream] = envelope.sequence
            standing.moved.add(stream)
        return 1

    async def handle(self, session: AsyncSession, record: Incoming) -> None:
        """Run the handler of one record.

        Raises Contradiction for poison and refused facts, NotYet for what must wait, and database errors as they are.
        """
        gathered, event = Gathered(), _read(record)
        await self._take(session, Received(event, record.meta(event)), gathered)
        await self._hand_over(session, gathered)

    async def _take(self, session: AsyncSession, received: Received, gathered: Gathered) -> None:
        """Run the event's handler, or gather the event for one that takes several; the order of events is kept."""
        handler = self._handlers.get(received.event.type)
        if handler is None:
            return
        together = handler if isinstance(handler, Together) else None
        if gathered.handler is not together:
            await self._hand_over(session, gathered)
            gathered.handler = together
        if together is not None:
            gathered.events.append(received)
            return
        received.meta.trace()
        await _effects(session, handler(session, received.event, received.meta))
        metrics.APPLIED.inc()

    async def _hand_over(self, session: AsyncSession, gathered: Gathered) -> None:
        events, gathered.events = gathered.events, []
        if events and gathered.handler is not None:
            await _effects(session, gathered.handler.take(session, events))
            metrics.APPLIED.inc(len(events))

    async def park(self, session: AsyncSession, record: Incoming, reason: str, detail: str, attempts: int = 1) -> None:
        """Keep the record with its reason; its key waits behind it, other keys go on."""
        envelope = record.envelope
        await session.execute(
            PARK,
            {
                "id": new_id(),
                "consumer": self._consumer,
                "key": record.key,
                "reason": reason,
                "detail": detail[:500],
                "event_id": envelope.id if envelope else None,
                "topic": record.topic,
                "partition": record.partition,
                "offset": record.offset,
                "sequence": envelope.sequence if envelope else 0,
                "headers": json.dumps([[_storable(name.encode()), _storable(value)] for name, value in record.headers]),
                "payload": record.payload,
                "attempts": attempts,
            },
        )
        self.holds = True
        log().warning("event.parked", consumer=self._consumer, reason=reason, cause=detail, topic=record.topic)

    async def note(self, session: AsyncSession, record: Incoming) -> bool:
        """Put one record into the inbox; False when it was there."""
        if record.envelope is None:
            return True
        rows = await session.execute(NEW, {"consumer": self._consumer, "ids": [record.envelope.id]})
        return rows.first() is not None


def _is_next(stream: Stream, version: int, standing: Standing) -> bool:
    """Whether this version is the next of its stream; False when it was applied before.

    Raises Contradiction, with what to park it for, when it can be neither.
    """
    if stream in standing.blocked:
        raise Contradiction("behind", "an earlier event of this stream is parked")
    if version == 0:
        raise Contradiction("malformed", "an event of this topic carries a version")
    expected = standing.versions.get(stream, 0) + 1
    if version > expected:
        metrics.VERSION_GAPS.inc()
        raise Contradiction("gap", f"expected version {expected}")
    return version == expected


def _read(record: Incoming) -> Event:
    """The event. Raises Contradiction for poison: no handler has seen it, so that it spoils nothing."""
    try:
        return record.event()
    except POISON as error:
        raise Contradiction(_reason(error), str(error)) from error


async def _effects(session: AsyncSession, work: Awaitable[None]) -> None:
    """Let a handler work, and say of what it raises whether it is final."""
    try:
        await work
        await session.flush()
    except DomainError as error:
        raise Contradiction("contradiction", error.code) from error
    except IntegrityError as error:
        raise Contradiction("contradiction", "database constraint") from error
    except DBAPIError as error:
        if is_transient(error):
            raise
        raise Contradiction("failed", type(error).__name__) from error
    except (ValueError, KeyError, TypeError, AttributeError, LookupError) as error:
        raise Contradiction("failed", type(error).__name__) from error


def _storable(raw: bytes | None) -> str:
    """A header's bytes as jsonb takes them: it knows no zero byte, and no envelope of ours holds one."""
    return (raw or b"").replace(b"\0", b"\x1a").decode("latin-1")


def _reason(error: Exception) -> str:
    names = {
        "UnknownEventType": "unknown-type",
        "UnknownEventVersion": "unknown-version",
        "InvalidEvent": "malformed",
    }
    return names.get(type(error).__name__, "failed")


def _is_connection_lost(error: BaseException) -> bool:
    """Whether something was asked of a transaction whose connection broke, while it was being left."""
    # the library raises the same class for a flush that failed, which is no transient thing: its code tells them apart
    return isinstance(error, PendingRollbackError) and error.code == CONNECTION_LOST


def is_transient(error: BaseException) -> bool:
    """Whether trying again later may help: the database is away, a lock was not to be had, a deadlock."""
    # The driver's own errors come as they are where SQLAlchemy only sets a new connection up.
    if isinstance(error, OSError | PoolTimeoutError | asyncpg.InterfaceError) or _is_connection_lost(error):
        return True
    if isinstance(error, DBAPIError | asyncpg.PostgresError):
        cause = error.orig if isinstance(error, DBAPIError) else error
        state = str(getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None) or "")
        return getattr(error, "connection_invalidated", False) or not state or state[:2] in TRANSIENT_STATES
    return False


__all__ = ["Contradiction", "Inbox", "NotYet", "is_transient"]
