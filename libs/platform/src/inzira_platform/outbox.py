"""Emitting events and access records: rows in the same transaction as what they tell of.

The statement is events.md section 1: it takes the stream's row lock first and the sequence number after it, so
the order of `seq` is the order of versions; nothing else keeps one person's events in order.
"""

import json
from collections.abc import Iterable
from uuid import UUID

from inzira_contracts.access import AccessRecorded
from inzira_contracts.event import Event
from inzira_contracts.topics import topic_of
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_platform.auth import Principal
from inzira_platform.context import current_trace
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

WAKE = "inzira_emitted"


async def emit(session: AsyncSession, event: Event, stream: str | None = None) -> int:
    """Append `event` to its stream in this transaction and return its version in that stream.

    The stream's lock lasts until commit: emit last; for several streams, in sorted order. Versions start at 1 and
    have no gaps.
    """
    name = stream or event.stream
    row = await session.execute(EMIT, _row(session, event, name))
    version = int(row.scalar_one())
    current_trace().positions[name] = version
    session.info[WAKE] = True
    return version


async def emit_all(session: AsyncSession, events: Iterable[tuple[str | None, Event]]) -> None:
    """Emit several (stream, event) pairs in the sorted order of their streams, which rules out deadlocks."""
    named = [(stream or event.stream, event) for stream, event in events]
    for stream, event in sorted(named, key=lambda pair: pair[0]):
        await emit(session, event, stream)


async def record_access(
    session: AsyncSession,
    principal: Principal,
    operation: str,
    person_ids: Iterable[UUID],
    view: str = "full",
) -> None:
    """Leave the record that `principal` was shown these persons, in the transaction that serves them.

    Reads that show nobody leave no record. Raises whatever the database raises: no record, no answer.
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
    await session.execute(APPEND, _row(session, event, f"access:{trace.request_id}"))
    session.info[WAKE] = True


def _row(session: AsyncSession, event: Event, stream: str) -> dict[str, object]:
    trace = current_trace()
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
