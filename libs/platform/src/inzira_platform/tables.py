"""The tables every service database has: outbox, inbox, parking, idempotency and the reach of each person.

The shapes are events.md section 1 and 2; each service creates them in its own first migration, and
`casework_consent` in a later one.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

NOW = text("clock_timestamp()")


def _time(name: str, *, default: bool = False) -> Column[object]:
    """A timestamptz column, filled by the database's clock when `default`."""
    if default:
        return Column(name, DateTime(timezone=True), nullable=False, server_default=NOW)
    return Column(name, DateTime(timezone=True), nullable=False)


def attach_platform_tables(metadata: MetaData) -> None:
    """Declare the platform's tables in a service's metadata (the DDL is in `migrations.py`)."""
    _outgoing(metadata)
    _incoming(metadata)
    _requests(metadata)


def _outgoing(metadata: MetaData) -> None:
    Table(
        "event_stream",
        metadata,
        Column("stream", Text, primary_key=True),
        Column("version", Integer, nullable=False),
    )
    Table(
        "outbox",
        metadata,
        Column("seq", BigInteger, primary_key=True),
        Column("event_id", UUID(as_uuid=True), nullable=False),
        Column("stream", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("pkey", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("headers", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
        Column("payload", LargeBinary, nullable=False),
        Column("created_at", DateTime(timezone=True), primary_key=True, server_default=NOW),
        Index("ix_outbox_stream_version", "stream", "version"),
    )
    Table(
        "outbox_pending",
        metadata,
        Column("seq", BigInteger, primary_key=True),
        Column("shard", SmallInteger, nullable=False),
        _time("created_at"),
    )
    Table(
        "relay_log",
        metadata,
        Column("topic", Text, primary_key=True),
        Column("partition", Integer, primary_key=True),
        Column("last_offset", BigInteger, nullable=False),
    )
    Table(
        "relay_epoch",
        metadata,
        Column("one", SmallInteger, primary_key=True, autoincrement=False),
        Column("epoch", Integer, nullable=False),
        _time("since", default=True),
    )


def _incoming(metadata: MetaData) -> None:
    Table(
        "inbox",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("event_id", UUID(as_uuid=True), primary_key=True),
        _time("received_at", default=True),
    )
    Table(
        "consumed_stream",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("source", Text, primary_key=True),
        Column("stream", Text, primary_key=True),
        Column("version", Integer, nullable=False),
    )
    Table(
        "consumer_position",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("topic", Text, primary_key=True),
        Column("partition", Integer, primary_key=True),
        Column("position", BigInteger, nullable=False),
        Column("highwater", BigInteger, nullable=False, server_default=text("0")),
        _time("updated_at", default=True),
    )
    Table(
        "consumed_epoch",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("topic", Text, primary_key=True),
        Column("partition", Integer, primary_key=True),
        Column("source", Text, primary_key=True),
        Column("epoch", Integer, nullable=False),
    )
    Table(
        "parked_event",
        metadata,
        Column("id", UUID(as_uuid=True), primary_key=True),
        Column("consumer", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("detail", Text, nullable=False),
        Column("event_id", UUID(as_uuid=True)),
        Column("topic", Text, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("offset", BigInteger, nullable=False),
        Column("sequence", Integer, nullable=False),
        Column("headers", JSONB, nullable=False),
        Column("payload", LargeBinary),
        Column("attempts", Integer, nullable=False, server_default=text("1")),
        _time("parked_at", default=True),
        Column("replayed_at", DateTime(timezone=True)),
        Column("replayed_by", Text),
        Index(
            "ix_parked_event_open",
            "consumer",
            "key",
            "sequence",
            postgresql_where=text("replayed_at IS NULL"),
        ),
    )


def _requests(metadata: MetaData) -> None:
    Table(
        "idempotency_key",
        metadata,
        Column("actor", Text, primary_key=True),
        Column("route", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("status", SmallInteger, nullable=False),
        Column("answer", JSONB, nullable=False),
        Column("token", Text, nullable=False),
        _time("created_at", default=True),
        Index("ix_idempotency_key_created_at", "created_at"),
    )
    Table(
        "person_scope",
        metadata,
        Column("person_id", UUID(as_uuid=True), primary_key=True),
        Column("facility", Text),
        Column("incoming_facility", Text),
        Column("org", Text),
        Column("worker_id", Text),
        Column("district", Text),
        Column("custody_state", Text),
        _time("updated_at", default=True),
        Index("ix_person_scope_facility", "facility"),
        Index(
            "ix_person_scope_incoming_facility",
            "incoming_facility",
            postgresql_where=text("incoming_facility IS NOT NULL"),
        ),
        Index("ix_person_scope_worker_id", "worker_id", postgresql_where=text("worker_id IS NOT NULL")),
        Index("ix_person_scope_org", "org", postgresql_where=text("org IS NOT NULL")),
    )
    Table(
        "casework_consent",
        metadata,
        Column("consent_id", UUID(as_uuid=True), primary_key=True),
        Column("person_id", UUID(as_uuid=True), nullable=False),
        Column("recipient", Text, nullable=False),
        _time("valid_from"),
        Column("valid_to", DateTime(timezone=True)),
        Column("ended_at", DateTime(timezone=True)),
        Index("ix_casework_consent_person_id", "person_id", "recipient"),
    )
