"""Routes for the operator, the same in every service: lag, parked events, replay, republish, the journal."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import text
from starlette.responses import JSONResponse

from inzira_platform.bell import OUTBOX, call
from inzira_platform.deps import OnceDep, SessionDep, declared
from inzira_platform.http import Schema, ShortText
from inzira_platform.page import InvalidCursorError, Page, PageDep, paged
from inzira_platform.scope import as_system
from inzira_platform.service import Service


class PartitionLag(Schema):
    topic: str
    partition: int
    position: int
    lag: int
    updated_at: datetime


class Lag(Schema):
    """How far behind this service is, out and in."""

    service: str
    outbox_pending: int
    outbox_oldest_seconds: float
    parked: dict[str, int]
    consumer: str
    lag: int
    partitions: list[PartitionLag]


class Parked(Schema):
    """A parked event: ids, codes and the reason; never its payload."""

    id: UUID
    consumer: str
    key: str
    reason: str
    detail: str
    event_id: UUID | None
    type: str | None
    topic: str
    partition: int
    offset: int
    sequence: int
    attempts: int
    parked_at: datetime


class ReplayRequest(Schema):
    """Which parked events to try again, or to step over; all three empty means every open one."""

    key: ShortText | None = None
    id: UUID | None = None
    action: Literal["retry", "discard"] = "retry"
    reason: ShortText = Field(description="why, for the record")


class Counted(Schema):
    """How many events the act touched."""

    count: int


class JournalEntry(Schema):
    """One row of the outbox: the log of record."""

    seq: int
    event_id: UUID
    type: str
    stream: str
    version: int
    topic: str
    source: str
    time: datetime
    headers: dict[str, str]
    payload: str


class Journal(Schema):
    """Rows of the journal in order of `seq`, published or not: after a lost log all of them are about to be once more.

    One that commits late stands behind the number already read. The live consumer will bring it.
    """

    entries: list[JournalEntry]
    next_after_seq: int


PARKED_SQL = """
SELECT id, consumer, key, reason, detail, event_id, topic, partition, "offset", sequence, attempts, parked_at, headers
FROM parked_event WHERE replayed_at IS NULL AND (CAST(:key AS text) IS NULL OR key = :key)
AND (CAST(:after AS uuid) IS NULL OR id > :after) ORDER BY id LIMIT :limit
"""
REPLAY_SQL = """
UPDATE parked_event SET reason = :action, replayed_by = :by, detail = left(detail || '; operator: ' || :why, 500)
WHERE replayed_at IS NULL AND event_id IS NOT NULL AND reason NOT IN ('gap', 'waiting', 'behind')
AND (CAST(:key AS text) IS NULL OR key = :key) AND (CAST(:id AS uuid) IS NULL OR id = :id)
"""
JOURNAL_SQL = """
SELECT o.* FROM outbox o WHERE o.seq > :after AND o.topic <> 'inzira.access' ORDER BY o.seq LIMIT :limit
"""
REPUBLISH_SQL = """
INSERT INTO outbox_pending SELECT seq, hashtext(pkey) & 15, created_at FROM outbox
WHERE seq > :after ON CONFLICT DO NOTHING
"""


def operations_router(service: Service) -> APIRouter:
    """The operator's routes of `service` under /v1/operations/<service>."""
    router = APIRouter(tags=["operations"])
    base = f"/v1/operations/{service.name}"
    name = service.name.title()

    @router.get(f"{base}/events/lag", operation_id=f"read{name}Lag", **declared("events:operate"))
    async def read_lag(session: SessionDep) -> Lag:
        async with as_system(session):
            return await _lag(session, service)

    @router.get(
        f"{base}/events/parked",
        operation_id=f"list{name}Parked",
        **declared("events:operate"),
    )
    async def list_parked(
        session: SessionDep, page: PageDep, key: Annotated[str | None, Query(max_length=200)] = None
    ) -> Page[Parked]:
        after = page.after(1)
        async with as_system(session):
            rows = (
                await session.execute(text(PARKED_SQL), {"key": key, "after": _uuid(after), "limit": page.limit + 1})
            ).all()
        items, cursor = paged([_parked(row) for row in rows], page.limit, lambda item: [item.id])
        return Page(items=items, next_cursor=cursor)

    @router.post(
        f"{base}/events/replay",
        status_code=202,
        response_model=Counted,
        operation_id=f"replay{name}Parked",
        **declared("events:operate"),
    )
    async def replay(session: SessionDep, body: ReplayRequest, once: OnceDep) -> JSONResponse:
        async with as_system(session):
            done: Any = await session.execute(
                text(REPLAY_SQL),
                {
                    "action": body.action,
                    "by": session.info["principal"].sub,
                    "why": body.reason,
                    "key": body.key,
                    "id": body.id,
                },
            )
        return await once.remember(202, Counted(count=done.rowcount))

    @router.post(
        f"{base}/events/republish",
        status_code=202,
        response_model=Counted,
        operation_id=f"republish{name}",
        **declared("events:operate"),
    )
    async def republish(
        session: SessionDep, once: OnceDep, after_seq: Annotated[int, Query(ge=0, le=2**62)] = 0
    ) -> JSONResponse:
        async with as_system(session):
            done: Any = await session.execute(text(REPUBLISH_SQL), {"after": after_seq})
        call(session, OUTBOX)
        return await once.remember(202, Counted(count=done.rowcount))

    @router.get(
        f"{base}/journal",
        operation_id=f"read{name}Journal",
        **declared("journal:read"),
    )
    async def read_journal(
        session: SessionDep,
        after_seq: Annotated[int, Query(ge=0, le=2**62)] = 0,
        limit: Annotated[int, Query(ge=1, le=2000)] = 500,
    ) -> Journal:
        async with as_system(session):
            rows = (await session.execute(text(JOURNAL_SQL), {"after": after_seq, "limit": limit})).all()
        entries = [_entry(row) for row in rows]
        return Journal(entries=entries, next_after_seq=entries[-1].seq if entries else after_seq)

    return router


def _uuid(after: list[str] | None) -> UUID | None:
    try:
        return UUID(after[0]) if after else None
    except ValueError as error:
        raise InvalidCursorError(field="cursor") from error


async def _lag(session: SessionDep, service: Service) -> Lag:
    pending = (
        await session.execute(
            text(
                "SELECT count(*) AS n, coalesce(extract(epoch FROM now() - min(created_at)), 0) AS age "
                "FROM outbox_pending"
            )
        )
    ).one()
    parked = await session.execute(
        text("SELECT reason, count(*) AS n FROM parked_event WHERE replayed_at IS NULL GROUP BY reason ORDER BY reason")
    )
    rows = await session.execute(
        text(
            "SELECT topic, partition, position, greatest(0, highwater - position) AS lag, updated_at "
            "FROM consumer_position WHERE consumer = :consumer ORDER BY topic, partition"
        ),
        {"consumer": service.consumer},
    )
    partitions = [PartitionLag.model_validate(row) for row in rows]
    return Lag(
        service=service.name,
        outbox_pending=pending.n,
        outbox_oldest_seconds=round(float(pending.age), 3),
        parked={row.reason: row.n for row in parked},
        consumer=service.consumer,
        lag=sum(row.lag for row in partitions),
        partitions=partitions,
    )


def _parked(row: Any) -> Parked:  # noqa: ANN401 - a database row
    headers = dict(row.headers)
    fields = {name: getattr(row, name) for name in Parked.model_fields if name != "type"}
    return Parked(**fields, type=headers.get("ce_type"))


def _entry(row: Any) -> JournalEntry:  # noqa: ANN401 - a database row
    return JournalEntry(
        seq=row.seq,
        event_id=row.event_id,
        type=row.type,
        stream=row.stream,
        version=row.version,
        topic=row.topic,
        source=row.headers["source"],
        time=row.created_at,
        headers=row.headers,
        payload=bytes(row.payload).decode(),
    )
