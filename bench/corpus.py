"""Invented events, as a service would have committed them: persons, each with the same short history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

import asyncpg
from inzira_contracts.envelope import Envelope
from inzira_contracts.event import Event
from inzira_contracts.intake import DatesComputed, PersonAdmitted, PersonMoved
from inzira_platform.ids import new_id
from inzira_platform.publishing import Outgoing

TOPIC = "inzira.intake"
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
EVENTS_PER_PERSON = 10


@dataclass(frozen=True)
class Told:
    """One event with its place in its stream."""

    event: Event
    event_id: UUID
    version: int

    def record(self) -> Outgoing:
        """As the relay publishes it."""
        return Outgoing(TOPIC, self.event.stream, self.event.to_bytes(), self.envelope().to_headers())

    def envelope(self) -> Envelope:
        """What surrounds it."""
        return Envelope(
            id=self.event_id, type=self.event.type, source="/services/intake", subject=self.event.stream, time=AT,
            partitionkey=self.event.stream, sequence=self.version, correlationid=str(self.event_id),
            traceparent=f"00-{self.event_id.hex}-{self.event_id.hex[:16]}-01",
        )  # fmt: skip


def admitted(person: UUID) -> PersonAdmitted:
    """An admission to Huye."""
    return PersonAdmitted.model_validate({
        "person_id": person, "occurred_at": AT, "recorded_by": "acc-intake", "episode_id": new_id(), "facility": "HUY",
        "admission_kind": "NEW", "legal_status": "CONVICTED_FINAL", "sex": "F", "return_district": "24",
    })  # fmt: skip


def dated(person: UUID) -> DatesComputed:
    """The dates that follow from a sentence."""
    return DatesComputed.model_validate({
        "person_id": person, "occurred_at": AT, "recorded_by": "svc:intake", "episode_id": new_id(),
        "expected_release_on": "2029-03-01", "parole_status": "NOT_YET", "rule_set": "parole-2018",
        "inputs_hash": "0" * 16, "legal_status": "CONVICTED_FINAL",
    })  # fmt: skip


def moved(person: UUID, number: int) -> PersonMoved:
    """To court, or back from it."""
    out = number % 2 == 0
    return PersonMoved.model_validate({
        "person_id": person, "occurred_at": AT + timedelta(days=number + 1), "recorded_by": "acc-intake",
        "episode_id": new_id(), "movement_id": new_id(), "kind": "COURT_OUT" if out else "COURT_BACK",
        "from_facility": "HUY", "to_facility": "HUY", "custody_state": "AT_COURT" if out else "IN_FACILITY",
    })  # fmt: skip


def history(person: UUID) -> list[Event]:
    """What happened to one person."""
    return [admitted(person), dated(person), *(moved(person, number) for number in range(EVENTS_PER_PERSON - 2))]


@cache
def told(count: int) -> tuple[Told, ...]:
    """`count` events in the order they were committed: everybody's first, then everybody's second, and so on."""
    people = [new_id() for _ in range(count // EVENTS_PER_PERSON)]
    histories = [history(person) for person in people]
    return tuple(Told(events[place], new_id(), place + 1) for place in range(EVENTS_PER_PERSON) for events in histories)


def journal_rows(count: int) -> Iterator[tuple[object, ...]]:
    """Rows of the outbox, without their numbers."""
    for one in told(count):
        stream = one.event.stream
        headers = (
            f'{{"source": "/services/intake", "subject": "{stream}", "correlationid": "{one.event_id}", '
            f'"traceparent": "00-{one.event_id.hex}-{one.event_id.hex[:16]}-01"}}'
        )
        yield one.event_id, stream, one.version, stream, TOPIC, one.event.type, headers, one.event.to_bytes()


COLUMNS = ("event_id", "stream", "version", "pkey", "topic", "type", "headers", "payload")


async def fill_outbox(dsn: str, count: int) -> None:
    """Commit `count` events that nobody has published yet."""
    connection = await asyncpg.connect(dsn)
    try:
        await empty_outbox(connection)
        await copy_journal(connection, count)
        await connection.execute(
            "INSERT INTO outbox_pending SELECT seq, hashtext(pkey) & 15, created_at FROM outbox ORDER BY seq"
        )
        await connection.execute("ANALYZE outbox, outbox_pending")
    finally:
        await connection.close()


async def empty_outbox(connection: asyncpg.Connection) -> None:
    """Forget every event, published or not."""
    await connection.execute("SET session_replication_role = replica")  # past the trigger that keeps the journal
    await connection.execute("TRUNCATE outbox, outbox_pending, relay_log, relay_epoch")


async def copy_journal(connection: asyncpg.Connection, count: int) -> None:
    """Write `count` events into the journal, in the transaction that is open or in one of their own."""
    await connection.copy_records_to_table("outbox", records=journal_rows(count), columns=COLUMNS)
