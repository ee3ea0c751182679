"""The consumer runner: explicit offsets after the database's commit, in-place retry, parking (events.md 2)."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError
from inzira_contracts.topics import topics
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from inzira_platform import metrics
from inzira_platform.auth import system
from inzira_platform.backoff import Backoff
from inzira_platform.bell import called
from inzira_platform.broker import BrokerSettings, close_consumer, ensure_topics, start_consumer
from inzira_platform.delivery import Incoming, incoming
from inzira_platform.failpoints import failpoint
from inzira_platform.inbox import Contradiction, Inbox, NotYet, is_transient
from inzira_platform.logging import log
from inzira_platform.pace import Pace
from inzira_platform.parking import Parking
from inzira_platform.scope import enter_scope
from inzira_platform.service import Runtime

POLL_MS = 1000
MAX_RECORDS = 500
ATTEMPTS = 3
STALL_SECONDS = 20.0
RELEASE_SECONDS = 1.0
QUIET_RELEASE_SECONDS = 10.0
TELL_SECONDS = 0.25
"""While records come, the broker is told how far they were taken no more often: what it hands out again after a crash
is in the inbox, and each time costs a round trip here and a record there."""

EPOCHS = text("SELECT topic, partition, source, epoch FROM consumed_epoch WHERE consumer = :consumer")
KEEP_EPOCH = text(
    "INSERT INTO consumed_epoch(consumer, topic, partition, source, epoch) "
    "VALUES (:consumer, :topic, :partition, :source, :epoch) "
    "ON CONFLICT (consumer, topic, partition, source) DO UPDATE SET epoch = excluded.epoch"
)
POSITION = text(
    "INSERT INTO consumer_position(consumer, topic, partition, position, highwater, updated_at) "
    "SELECT :consumer, at.topic, at.partition, at.position, at.highwater, clock_timestamp() "
    "FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:positions AS bigint[]), "
    "CAST(:highwaters AS bigint[])) AS at(topic, partition, position, highwater) ORDER BY at.topic, at.partition "
    "ON CONFLICT (consumer, topic, partition) DO UPDATE SET position = excluded.position, "
    "highwater = excluded.highwater, updated_at = excluded.updated_at"
)


class StalledError(Exception):
    """Records are waiting and none arrived: the client is made anew."""


class NarrowError(Exception):
    """The broker knows fewer partitions of a topic than the contract has: the client is made anew."""


CLIENT_ERRORS = (KafkaError, OSError, TimeoutError, StalledError, NarrowError)


class _Rebalances(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    async def on_partitions_revoked(self, _revoked: Any) -> None:  # noqa: ANN401 - aiokafka is untyped
        """Nothing to do: effects and offsets are committed batch by batch."""
        await failpoint("rebalance")

    async def on_partitions_assigned(self, assigned: Any) -> None:  # noqa: ANN401 - aiokafka is untyped
        """Count it."""
        metrics.REBALANCES.inc()
        log().info("consumer.assigned", count=len(assigned))


class ConsumerRunner:
    """Consumes a service's topics for one consumer name; `run` never returns until cancelled."""

    def __init__(self, runtime: Runtime, consumer: str | None = None) -> None:
        """`consumer` other than the service's own is for rebuilds and tests."""
        service = runtime.service
        self._runtime = runtime
        self._consumer = consumer or service.consumer
        self._topics = list(service.topics)
        self._broker = BrokerSettings.of(runtime.settings)
        self._widths = {name: topic.partitions for name, topic in topics().items()}
        self._unsequenced = frozenset(name for name, topic in topics().items() if not topic.sequenced)
        self._inbox = Inbox(self._consumer, service.handlers, self._unsequenced)
        self.parking = Parking(self._consumer, self._inbox, self._begin)
        self._epochs: dict[tuple[str, int, str], int] = {}
        self._progress = time.monotonic()
        self._looked = time.monotonic()
        self._behind: dict[TopicPartition, int] = {}
        self._taken: dict[TopicPartition, int] = {}
        self._told = 0.0
        self._released = 0.0

    async def run(self) -> None:
        """Consume until cancelled; make the client anew, with back-off, whenever it fails or stalls.

        Raises UnclosedError when only a new process helps.
        """
        backoff = Backoff()
        while True:
            backoff.begin()
            try:
                await self._consume()
            except Exception as error:
                if not (isinstance(error, CLIENT_ERRORS) or is_transient(error)):
                    raise
                seconds = backoff.seconds()
                log().warning("consumer.interrupted", error_class=type(error).__name__, seconds=seconds)
                await asyncio.sleep(seconds)

    async def _consume(self) -> None:
        await ensure_topics(self._broker)
        await self._load_epochs()
        consumer = await start_consumer(self._broker, self._consumer, self._topics, _Rebalances())
        pace = Pace(consumer, self._broker, self._runtime.service.linger_ms)
        self._progress = self._looked = time.monotonic()
        self._behind, self._taken = {}, {}
        try:
            while True:
                # aiokafka waits without end for an assignment when a rejoin after a broker's restart goes wrong, and
                # for the coordinator after connections were reset: everything asked of it has its time.
                async with asyncio.timeout(self._broker.patience):
                    batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=MAX_RECORDS)
                pace.after_poll(bool(batches))
                self._check_width(consumer)
                if batches:
                    await failpoint("getmany_tx")
                    await self._take(consumer, batches)
                await self._tell(consumer)
                await self._watch(consumer)
                await self._release()
        finally:
            await close_consumer(consumer)

    async def handle(self, records: list[Incoming]) -> None:
        """Apply records as a poll would, without a broker: for rebuilds from a journal and for tests."""
        await self._with_retries(records, [])

    async def _take(self, consumer: AIOKafkaConsumer, batches: dict[TopicPartition, list[Any]]) -> None:
        records = [incoming(record) for batch in batches.values() for record in batch]
        rewound = await self._rewind(consumer, records)
        kept = [record for record in records if (record.topic, record.partition) not in rewound]
        offsets = {tp: batch[-1].offset + 1 for tp, batch in batches.items() if (tp.topic, tp.partition) not in rewound}
        if not kept:
            return
        positions = [(tp, offset, consumer.highwater(tp) or offset) for tp, offset in offsets.items()]
        await self._with_retries([record for record in kept if not self._is_of_a_former_log(record)], positions)
        self._progress = time.monotonic()
        self._taken |= offsets
        self._report(kept, positions)

    async def _with_retries(self, records: list[Incoming], positions: list[Any]) -> None:
        """Apply a batch; transient failures are tried again without end, others one message at a time."""
        delay = 0.1
        while True:
            try:
                await self._apply(records, positions)
                return
            except (Contradiction, NotYet):
                await self._one_by_one(records, positions)
                return
            except Exception as error:
                if not is_transient(error):
                    await self._one_by_one(records, positions)
                    return
                log().warning("consumer.retrying", error_class=type(error).__name__, seconds=delay)
            await asyncio.sleep(delay * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret
            delay = min(delay * 2, 30.0)

    async def _apply(self, records: Sequence[Incoming], positions: list[Any]) -> None:
        async with self._begin() as session:
            await self._inbox.apply(session, records)
            if positions:
                reached = {
                    "topics": [tp.topic for tp, _, _ in positions],
                    "partitions": [tp.partition for tp, _, _ in positions],
                    "positions": [offset for _, offset, _ in positions],
                    "highwaters": [highwater for _, _, highwater in positions],
                }
                await session.execute(POSITION, {"consumer": self._consumer, **reached})

    async def _one_by_one(self, records: list[Incoming], positions: list[Any]) -> None:
        for record in records:
            await self._single(record)
        await self._with_retries([], positions)

    async def _single(self, record: Incoming) -> None:
        """One message in a transaction of its own: applied, waiting, or after three tries parked with its reason."""
        delay, attempts = 0.05, 0
        while True:
            attempts += 1
            try:
                await self._apply([record], [])
                return
            except NotYet as error:
                await self._park(record, "waiting", error.depends_on, attempts)
                return
            except Contradiction as error:
                if attempts >= ATTEMPTS:
                    await self._park(record, error.reason, error.detail, attempts)
                    return
            except Exception as error:
                if not is_transient(error) and attempts >= ATTEMPTS:
                    await self._park(record, "failed", type(error).__name__, attempts)
                    return
            await asyncio.sleep(delay)
            delay = min(delay * 2, 30.0)

    async def _park(self, record: Incoming, reason: str, detail: str, attempts: int) -> None:
        async with self._begin() as session:
            if await self._inbox.note(session, record):
                await self._inbox.park(session, record, reason, detail, attempts)

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[AsyncSession]:
        """A session in one system transaction, committed at the end of the block."""
        async with self._runtime.sessions() as session:
            session.info["clock"] = self._runtime.clock
            async with session.begin():
                await enter_scope(session, self._runtime.service.name, system(self._runtime.service.name))
                yield session
            self._runtime.bells.ring(called(session))

    async def _load_epochs(self) -> None:
        async with self._begin() as session:
            rows = (await session.execute(EPOCHS, {"consumer": self._consumer})).all()
        self._epochs = {(row.topic, row.partition, row.source): row.epoch for row in rows}

    async def _rewind(self, consumer: AIOKafkaConsumer, records: list[Incoming]) -> set[tuple[str, int]]:
        """Where a newer log epoch shows, read that partition from its start: offsets of the old log mean nothing."""
        rewound: set[tuple[str, int]] = set()
        for record in records:
            if record.envelope is None:
                continue
            key = (record.topic, record.partition, record.source)
            if record.envelope.epoch > self._epochs.get(key, 0):
                await self._keep_epoch(key, record.envelope.epoch)
                if record.offset > 0:
                    rewound.add(key[:2])
        for topic, partition in rewound:
            consumer.seek(TopicPartition(topic, partition), 0)
            self._taken.pop(TopicPartition(topic, partition), None)
            log().warning("consumer.rewound", topic=topic, partition=partition)
        return rewound

    def _is_of_a_former_log(self, record: Incoming) -> bool:
        """Whether a newer epoch of its source is known: what still stands comes again under that one.

        What does not come again was told by a history that a restored backup took back. A record without a version
        is let through: that somebody was shown a person stays true.
        """
        if record.envelope is None or record.topic in self._unsequenced:
            return False
        return record.envelope.epoch < self._epochs.get((record.topic, record.partition, record.source), 0)

    async def _keep_epoch(self, key: tuple[str, int, str], epoch: int) -> None:
        topic, partition, source = key
        async with self._begin() as session:
            await session.execute(
                KEEP_EPOCH,
                {
                    "consumer": self._consumer,
                    "topic": topic,
                    "partition": partition,
                    "source": source,
                    "epoch": epoch,
                },
            )
        self._epochs[key] = epoch

    async def _tell(self, consumer: AIOKafkaConsumer) -> None:
        """Let the broker know how far records were taken, after each poll, also one that brought none."""
        if not self._taken or time.monotonic() - self._told < TELL_SECONDS:
            return
        await failpoint("commit_offset")
        mine = consumer.assignment()
        offsets = {tp: offset for tp, offset in self._taken.items() if tp in mine}
        if offsets:
            await self._commit(consumer, offsets)
        self._taken, self._told = {}, time.monotonic()

    async def _commit(self, consumer: AIOKafkaConsumer, offsets: dict[TopicPartition, int]) -> None:
        try:
            async with asyncio.timeout(self._broker.patience):
                await consumer.commit(offsets)
        except (IllegalStateError, KafkaError) as error:
            # Not ours any more: whoever has the partition sees these records again and finds them in the inbox.
            log().warning("consumer.commit_refused", error_class=type(error).__name__)

    async def _release(self) -> None:
        """Let what waits go on: every second while something is parked, else a rare look for an operator's wish."""
        pause = RELEASE_SECONDS if self._inbox.holds else QUIET_RELEASE_SECONDS
        if time.monotonic() - self._released < pause:
            return
        try:
            self._inbox.holds = bool(await self.parking.count())
            if self._inbox.holds:
                await self.parking.release()
        except Exception as error:
            if not is_transient(error):
                raise
            log().warning("parking.interrupted", error_class=type(error).__name__)
        self._released = time.monotonic()

    def _check_width(self, consumer: AIOKafkaConsumer) -> None:
        """Raise NarrowError when what the client knows of a topic is less than its contract.

        A broker that began anew gives a topic that a client asked for first its own number of partitions. A member of
        the group that joins again when they are more is handed its former share by the embedded broker, so that
        records in the others would wait without end: only a new member is given a new share.
        """
        for name in self._topics:
            known = consumer.partitions_for_topic(name)
            if known and len(known) < self._widths[name]:
                raise NarrowError

    async def _watch(self, consumer: AIOKafkaConsumer) -> None:
        """Raise StalledError when the broker has records past our position and none came (aiokafka 1154).

        One partition may stand still while the others flow: it was behind at the last look, and has not moved since.
        """
        now = time.monotonic()
        if now - self._looked < STALL_SECONDS:
            return
        is_quiet = now - self._progress >= STALL_SECONDS
        before, self._looked = self._behind, now
        async with asyncio.timeout(self._broker.patience):
            ends = await consumer.end_offsets(consumer.assignment())
            positions = {tp: await consumer.position(tp) for tp in ends}
        self._behind = {tp: position for tp, position in positions.items() if position < ends[tp]}
        if any(is_quiet or before.get(tp) == position for tp, position in self._behind.items()):
            raise StalledError

    def _report(self, records: list[Incoming], positions: list[Any]) -> None:
        now = self._runtime.clock.now()
        for tp, offset, highwater in positions:
            metrics.CONSUMER_LAG.labels(tp.topic).set(max(0, highwater - offset))
        latest = {record.topic: record.envelope.time for record in records if record.envelope}
        for topic, time_of_last in latest.items():
            metrics.EVENT_AGE.labels(topic).set((now - time_of_last).total_seconds())
