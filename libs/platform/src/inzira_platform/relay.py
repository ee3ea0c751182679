"""The relay: publishes what is pending, in order, exactly as events.md section 1 lays down.

One is active per service (advisory lock); a standby waits for the lock. It deletes from the pending set only
after every record of the batch is acknowledged, on the connection that holds the lock: a deposed leader can
duplicate, which the inbox absorbs, and can never lose.
"""

import asyncio
from datetime import UTC, datetime

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from inzira_contracts.envelope import Envelope

from inzira_platform import metrics
from inzira_platform.backoff import Backoff
from inzira_platform.bell import OUTBOX, listen, rings
from inzira_platform.broker import BrokerSettings, Topics, start_producer, stop_client
from inzira_platform.failpoints import failpoint
from inzira_platform.logging import log
from inzira_platform.pending import FULL_LOOK_SECONDS, Pending
from inzira_platform.publishing import Acknowledged, Outgoing, publish

BATCH = 2000
BUSY_POLL = 0.02
IDLE_POLL = 5.0
"""A process that committed and was killed before it could ring is waited for so long; whoever rings, not at all."""
STANDBY_POLL = 0.7
LOG_CHECK_SECONDS = 10.0
PUBLISH_SECONDS = 25.0
COMMAND_SECONDS = 30.0
REFILL_SECONDS = 3600.0
"""A journal of years is filled in again in minutes, in one statement or not at all."""

KNOWN_OFFSETS = "SELECT topic, partition, last_offset FROM relay_log"
PUBLISHED = """
WITH kept AS (
  INSERT INTO relay_log(topic, partition, last_offset) SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])
  ON CONFLICT (topic, partition) DO UPDATE SET last_offset = greatest(relay_log.last_offset, excluded.last_offset))
DELETE FROM outbox_pending WHERE seq = ANY($4)
"""
REFILL = """
INSERT INTO outbox_pending SELECT seq, hashtext(pkey) & 15, created_at FROM outbox ON CONFLICT DO NOTHING
"""
# The last is what asyncpg raises when the server ends the connection just before the next statement.
DATABASE_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
CONNECTION_ERRORS = (OSError, *DATABASE_ERRORS, KafkaError, TimeoutError)


class LogLostError(Exception):
    """The broker's log is shorter than what it acknowledged to us."""


class Relay:
    """Publishes one service's outbox; `run` never returns until cancelled."""

    def __init__(self, service: str, dsn: str, broker: BrokerSettings, bell: asyncio.Event | None = None) -> None:
        """`dsn` must reach PostgreSQL directly: the lock lives on the session. `bell` is rung by its own worker."""
        self._service = service
        self._own = f"inzira.{service}"
        self._dsn = dsn
        self._broker = broker
        self._epoch = 0
        self._topics: Topics
        self._pending: Pending
        self._last: dict[tuple[str, int], int] = {}
        self._bell = bell or asyncio.Event()

    async def run(self) -> None:
        """Lead when the lock is free, stand by while it is not, back off from whatever fails."""
        backoff = Backoff()
        while True:
            backoff.begin()
            try:
                await self._with_connection()
            except CONNECTION_ERRORS as error:
                metrics.RELAY_LEADER.set(0)
                seconds = backoff.seconds()
                log().warning("relay.interrupted", error_class=type(error).__name__, seconds=seconds)
                await asyncio.sleep(seconds)

    async def _with_connection(self) -> None:
        connection = await asyncpg.connect(
            self._dsn,
            timeout=5,
            command_timeout=COMMAND_SECONDS,
            server_settings={
                "idle_in_transaction_session_timeout": "30000",
                "application_name": "relay",
                # What is pending comes and goes between two looks of the statistics: they must not choose the way.
                "enable_seqscan": "off",
                # A deletion lost in a crash is an event published twice, which every inbox takes.
                "synchronous_commit": "off",
            },
        )
        try:
            await connection.execute(f"SET ROLE {self._service}_s_system")
            await self._await_leadership(connection)
            metrics.RELAY_LEADER.set(1)
            log().info("relay.leading")
            await listen(connection, OUTBOX, self._bell)
            await self._publish_forever(connection)
        finally:
            await connection.close(timeout=2)

    async def _await_leadership(self, connection: asyncpg.Connection) -> None:
        lock = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"
        while not await connection.fetchval(lock, f"relay:{self._service}"):  # noqa: ASYNC110 - a lock gives no signal
            await asyncio.sleep(STANDBY_POLL)

    async def _publish_forever(self, connection: asyncpg.Connection) -> None:
        async with Topics(self._broker) as found:
            await found.ensure()
            await self._publish_with(connection, found)

    async def _publish_with(self, connection: asyncpg.Connection, found: Topics) -> None:
        self._topics = found
        self._pending = Pending(connection, BATCH)
        self._epoch = await connection.fetchval("SELECT epoch FROM relay_epoch") or 0
        known = await connection.fetch(KNOWN_OFFSETS)
        self._last = {(row["topic"], row["partition"]): row["last_offset"] for row in known}
        producer = await start_producer(self._broker)
        probe = AIOKafkaConsumer(bootstrap_servers=self._broker.bootstrap, enable_auto_commit=False)
        await probe.start()
        try:
            await self._loop(connection, producer, probe)
        finally:
            await stop_client(probe)
            await stop_client(producer)

    async def _loop(self, connection: asyncpg.Connection, producer: AIOKafkaProducer, probe: AIOKafkaConsumer) -> None:
        loop = asyncio.get_running_loop()
        next_check = 0.0
        poll = BUSY_POLL
        while True:
            now = loop.time()
            if now >= next_check:
                await self._check_log(connection, probe)
                next_check = now + LOG_CHECK_SECONDS
            self._bell.clear()
            rows = await self._pending.next()
            if rows:
                await self._publish(connection, producer, rows)
            if self._is_busy(rows):
                poll = BUSY_POLL
                continue
            poll = await self._pause(poll, next_check)

    def _is_busy(self, rows: list[asyncpg.Record]) -> bool:
        """Whether to look again at once. Records of access alone do not keep the relay busy: they gather."""
        return self._pending.is_full(rows) or any(row["topic"] == self._own for row in rows)

    async def _pause(self, poll: float, until: float) -> float:
        """Wait for the bell, the poll interval or the time `until`; return the next interval (20 ms busy to 5 s idle).

        Whoever rang may have committed what only a full look finds: the next one is not put off further than that.
        """
        if await rings(self._bell, min(poll, max(0.0, until - asyncio.get_running_loop().time()))):
            return FULL_LOOK_SECONDS
        return min(poll * 2, IDLE_POLL)

    async def _publish(
        self, connection: asyncpg.Connection, producer: AIOKafkaProducer, rows: list[asyncpg.Record]
    ) -> None:
        if not self._broker.idempotence:
            # The embedded broker forgets its topics when it restarts, and takes records for topics it does not have.
            await self._topics.ensure()
        await failpoint("read_send")
        # the client gives up a request after 10 s; what it does not give up is tried again with a new one
        async with self._pending.reading_ahead(rows), asyncio.timeout(PUBLISH_SECONDS):
            acked = await publish(producer, (outgoing(row, self._epoch) for row in rows))
        await failpoint("ack_delete")
        try:
            last = self._last_offsets(acked)
        except LogLostError:
            await self._refill(connection)
            return
        seqs = [row["seq"] for row in rows]
        topics, partitions = [place[0] for place in last], [place[1] for place in last]
        await connection.execute(PUBLISHED, topics, partitions, list(last.values()), seqs)
        self._last |= last
        self._pending.published(rows)
        metrics.RELAY_PUBLISHED.inc(len(rows))
        self._report(rows)

    def _report(self, rows: list[asyncpg.Record]) -> None:
        metrics.OUTBOX_PENDING.set(BATCH if self._pending.is_full(rows) else 0)
        metrics.OUTBOX_OLDEST.set((datetime.now(UTC) - rows[0]["created_at"]).total_seconds())

    def _last_offsets(self, acked: list[Acknowledged]) -> dict[tuple[str, int], int]:
        """The highest offset per partition; an offset at or below a known one means the log began anew."""
        last: dict[tuple[str, int], int] = {}
        for topic, partition, first_offset, last_offset in acked:
            place = (topic, partition)
            if first_offset <= self._last.get(place, -1):
                raise LogLostError
            last[place] = max(last.get(place, -1), last_offset)
        return last

    async def _check_log(self, connection: asyncpg.Connection, probe: AIOKafkaConsumer) -> None:
        """Notice without traffic that the broker has lost its log: a partition we wrote to is empty."""
        await self._topics.ensure()
        known = await connection.fetch(KNOWN_OFFSETS)
        partitions = [TopicPartition(row["topic"], row["partition"]) for row in known]
        if not partitions:
            return
        async with asyncio.timeout(LOG_CHECK_SECONDS):
            ends = await probe.end_offsets(partitions)
        if any(end == 0 for end in ends.values()):
            await self._refill(connection)

    async def _refill(self, connection: asyncpg.Connection) -> None:
        """Everything in the journal is pending again, under a new epoch that tells consumers to read from the start."""
        async with connection.transaction():
            # an epoch is never given out twice; and here the whole journal is read
            await connection.execute("SET LOCAL synchronous_commit = on; SET LOCAL enable_seqscan = on")
            await connection.execute("DELETE FROM relay_log")
            self._epoch = await connection.fetchval(
                "INSERT INTO relay_epoch(one, epoch) VALUES (1, 1) "
                "ON CONFLICT (one) DO UPDATE SET epoch = relay_epoch.epoch + 1, since = now() RETURNING epoch"
            )
            done = await connection.execute(REFILL, timeout=REFILL_SECONDS)
        self._pending.forget()
        self._last.clear()
        count = int(done.rsplit(" ", 1)[-1])
        metrics.RELAY_REPUBLISHED.inc(count)
        log().warning("relay.log_lost", count=count, epoch=self._epoch)


def outgoing(row: asyncpg.Record, epoch: int) -> Outgoing:
    """The record a journal row becomes; its key is the stream."""
    return Outgoing(row["topic"], row["pkey"], row["payload"], envelope_of(row, epoch).to_headers())


def envelope_of(row: asyncpg.Record, epoch: int) -> Envelope:
    """The CloudEvents envelope of a journal row."""
    told = orjson.loads(row["headers"])
    return Envelope(
        id=row["event_id"],
        type=row["type"],
        source=told["source"],
        subject=row["stream"],
        time=row["created_at"],
        partitionkey=row["pkey"],
        sequence=row["version"],
        correlationid=told.get("correlationid"),
        causationid=told.get("causationid"),
        traceparent=told.get("traceparent"),
        epoch=epoch,
    )
