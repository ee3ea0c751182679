"""Emitting events and access records: rows in the same transaction as what they tell of.

The statement is events.md section 1: it takes the stream's row lock first and the sequence number after it, so
the order of `seq` is the order of versions; nothing else keeps one person's events in order.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from inzira_contracts.access import AccessRecorded
from inzira_contracts.event import Event
from inzira_contracts.topics import topic_of
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_platform.auth import Principal
from inzira_platform.bell import OUTBOX, RECORDED, call
from inzira_platform.context import Trace, current_trace
from inzira_platform.ids import new_id

EMIT = text(
    """
WITH v AS (INSERT INTO event_stream AS s VALUES (:stream, 1)
           ON CONFLICT (stream) DO UPDATE SET version = s.version + 1 RETURNING version),
     j AS (INSERT INTO outbox(event_id, stream, version, pkey, topic, type, headers, payload)
           SELECT :event_id, :stream, v.version, :pkey, :topic, :type, CAST(:headers AS jsonb), :payload FROM v
           RETURNING seq, created_at, version),
     p AS (INSERT INTO outbox_pending SELECT seq, hashtext(:pkey) & 15, created_at FROM j)
SELECT version FROM j
"""
)

APPEND = text(
    """
WITH j AS (INSERT INTO outbox(event_id, stream, version, pkey, topic, type, headers, payload)
           VALUES (:event_id, :stream, 0, :pkey, :topic, :type, CAST(:headers AS jsonb), :payload)
           RETURNING seq, created_at)
INSERT INTO outbox_pending SELECT seq, hashtext(:pkey) & 15, created_at FROM j
"""
)

# As EMIT, for many events at once: the locks of all streams, in sorted order, before the first sequence number.
EMIT_MANY = text(
    """
WITH e AS (SELECT * FROM unnest(CAST(:event_id AS uuid[]), CAST(:stream AS text[]), CAST(:topic AS text[]),
                                CAST(:type AS text[]), CAST(:headers AS text[]), CAST(:payload AS bytea[]))
           WITH ORDINALITY AS e(event_id, stream, topic, type, headers, payload, n)),
     c AS (SELECT stream, count(*)::int AS k FROM e GROUP BY stream),
     v AS (INSERT INTO event_stream AS s SELECT stream, k FROM c ORDER BY stream
           ON CONFLICT (stream) DO UPDATE SET version = s.version + excluded.version RETURNING stream, version),
     j AS (INSERT INTO outbox(event_id, stream, version, pkey, topic, type, headers, payload)
           SELECT event_id, stream, v.version - c.k + row_number() OVER (PARTITION BY stream ORDER BY n), stream, topic,
                  type, CAST(headers AS jsonb), payload
           FROM e JOIN v USING (stream) JOIN c USING (stream) ORDER BY n
           RETURNING seq, created_at, event_id, pkey, version),
     p AS (INSERT INTO outbox_pending SELECT seq, hashtext(pkey) & 15, created_at FROM j)
SELECT event_id, version FROM j
"""
)


async def emit(session: AsyncSession, event: Event, stream: str | None = None) -> int:
    """Append `event` to its stream in this transaction and return its version in that stream.

    The stream's lock lasts until commit: emit last; for several streams, in sorted order. Versions start at 1 and
    have no gaps.
    """
    name = stream or event.stream
    trace = current_trace()
    row = await session.execute(EMIT, _row(session, event, name, trace))
    version = int(row.scalar_one())
    trace.positions[name] = version
    call(session, OUTBOX)
    return version


async def emit_many(session: AsyncSession, events: Sequence[Event]) -> list[int]:
    """Append many events, each to its own stream, in one statement; their versions, in the order given.

    Events of one stream keep their order. The locks of all their streams, taken in sorted order, last until commit.
    """
    trace = current_trace()
    return await emit_caused(session, [(trace, event) for event in events])


async def emit_caused(session: AsyncSession, told: Sequence[tuple[Trace, Event]]) -> list[int]:
    """As `emit_many`, of events that several deliveries caused: each with the trace it belongs to."""
    if not told:
        return []
    rows = [_row(session, event, event.stream, trace) for trace, event in told]
    columns = {
        name: [row[name] for row in rows] for name in ("event_id", "stream", "topic", "type", "headers", "payload")
    }
    found = {row.event_id: int(row.version) for row in await session.execute(EMIT_MANY, columns)}
    versions = [found[row["event_id"]] for row in rows]
    for (trace, event), version in zip(told, versions, strict=True):
        trace.positions[event.stream] = version
    call(session, OUTBOX)
    return versions


async def record_access(
    session: AsyncSession,
    principal: Principal,
    operation: str,
    person_ids: Iterable[UUID],
    view: str = "full",
) -> None:
    """Leave the record that `principal` was shown these persons, in the transaction that serves them.

    Reads that show nobody leave no record. Raises whatever the database raises: no record, no answer. The relay is
    woken for it after a second: nobody waits for a record to reach the ledger, and many travel together for the price
    of one.
    """
    ids = list(dict.fromkeys(person_ids))
    if not ids:
        return
    trace = current_trace()
    event = AccessRecorded(
        person_id=None,
        occurred_at=session.info["clock"].now(),
        recorded_by=principal.sub,
        service=session.info["service"],
        operation=operation,
        person_ids=ids,
        actor=principal.sub,
        agency=principal.agency,
        purpose=principal.purpose,
        outcome="ALLOWED",
        request_id=str(trace.request_id),
        view=view,
    )
    await session.execute(APPEND, _row(session, event, f"access:{trace.request_id}", trace))
    call(session, RECORDED)


def _row(session: AsyncSession, event: Event, stream: str, trace: Trace) -> dict[str, Any]:
    headers = {
        "source": f"/services/{session.info['service']}",
        "subject": stream,
        "correlationid": str(trace.request_id),
        "causationid": str(trace.causation_id) if trace.causation_id else "",
        "traceparent": trace.traceparent,
    }
    return {
        "event_id": new_id(),
        "stream": stream,
        "pkey": stream,
        "topic": topic_of(event.type),
        "type": event.type,
        "headers": json.dumps({key: value for key, value in headers.items() if value}),
        "payload": event.to_bytes(),
    }
