"""Faults of what lies under the processes: clocks, disk, locks, connections, the broker's log, poison."""

import asyncio
import os
import shutil
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from inzira_cli.processes import DEPLOYABLES
from killing import PARTS, may_wipe, rpc, until_running
from nemesis import Fault, Scene

HOUR = 3600
TOPICS = ("inzira.intake", "inzira.curriculum", "inzira.tvet", "inzira.reintegration", "inzira.access")
LOCKED = ("outbox_pending", "event_stream", "inbox", "idempotency_key", "consumer_position")


async def wrong_clock(scene: Scene) -> dict[str, Any]:
    """One process's clock jumps by an hour, and back."""
    name, jump = scene.dice.choice(PARTS), scene.dice.choice((-HOUR, HOUR))
    file = scene.ground.clocks / name
    file.write_text(str(jump))
    try:
        await asyncio.sleep(scene.dice.choice((1, 4)))
    finally:
        file.unlink()
    return {"target": name, "jump": jump}


async def full_disk(scene: Scene) -> dict[str, Any]:
    """PostgreSQL's disk fills up, and is given space again."""
    return await _full(scene, scene.ground.disk, "postgres")


async def full_broker_disk(scene: Scene) -> dict[str, Any]:
    """The same under Apache Kafka's log."""
    return await _full(scene, scene.ground.broker_disk, "broker")


async def _full(scene: Scene, disk: Path | None, name: str) -> dict[str, Any]:
    if disk is None:
        return {"skipped": True}
    ballast, seconds = disk / "ballast", scene.dice.choice((1, 3))
    try:
        await asyncio.to_thread(_fill, ballast)
        await asyncio.sleep(seconds)
    finally:
        ballast.unlink(missing_ok=True)
    await until_running(scene, name)
    return {"target": name, "seconds": seconds}


def _fill(ballast: Path) -> None:
    """Take all the space there is; a database that writes meanwhile gets less and less."""
    with ballast.open("wb") as file, suppress(OSError):
        while True:
            free = shutil.disk_usage(ballast.parent).free
            os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), max(4096, min(free, 1 << 26)))


async def lock_table(scene: Scene) -> dict[str, Any]:
    """A slow database: somebody holds a table everybody needs."""
    database, table = scene.dice.choice(DEPLOYABLES), scene.dice.choice(LOCKED)
    seconds = scene.dice.choice((1, 3))
    connection = await asyncpg.connect(scene.house.admin_dsn(database), timeout=5)
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", timeout=5)
            await asyncio.sleep(seconds)
    finally:
        await connection.close(timeout=2)
    return {"target": f"pg:{database}", "table": table, "seconds": seconds}


async def end_connections(scene: Scene) -> dict[str, Any]:
    """The administrator ends half of a service's connections."""
    database = scene.dice.choice(DEPLOYABLES)
    connection = await asyncpg.connect(scene.house.admin_dsn(database), timeout=5)
    try:
        ended = await connection.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = $1 AND random() < 0.5",
            f"{database}_app",
        )
    finally:
        await connection.close(timeout=2)
    return {"target": f"pg:{database}", "connections": ended}


async def wipe_log(scene: Scene) -> dict[str, Any]:
    """The broker loses its log and starts empty."""
    if not await may_wipe(scene):
        return {"skipped": True}
    await asyncio.to_thread(_wipe, scene)
    await until_running(scene, "broker")
    await asyncio.to_thread(scene.house.broker.wait_ready)
    return {"target": "broker"}


def _wipe(scene: Scene) -> None:
    rpc(scene).stopProcess("broker", True)
    if scene.ground.kafka == "apache":
        shutil.rmtree(scene.house.broker.data_dir / "logs", ignore_errors=True)
        scene.house.broker.prepare()
    rpc(scene).startProcess("broker", False)


async def delete_topic(scene: Scene) -> dict[str, Any]:
    """An operator deletes one topic with all that is in it; the relays make it anew and fill it again."""
    if not await may_wipe(scene):
        return {"skipped": True}
    topic = scene.dice.choice(TOPICS)
    admin = AIOKafkaAdminClient(bootstrap_servers=f"127.0.0.1:{scene.ground.wires['broker'].listen}")
    try:
        async with asyncio.timeout(10):
            await admin.start()
            await admin.delete_topics([topic])
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                await admin.close()
    return {"target": "broker", "topic": topic}


async def poison(scene: Scene) -> dict[str, Any]:
    """A record nobody can apply: no envelope, data that break the contract, or a type nobody knows."""
    form = scene.dice.choice(("undecodable", "malformed", "unknown-type"))
    event_id, stream = str(uuid.uuid4()), f"person:{uuid.uuid4()}"
    kind = "inzira.intake.person.teleported.v1" if form == "unknown-type" else "inzira.intake.person.died.v1"
    headers = {
        "ce_specversion": "1.0", "ce_id": event_id, "ce_source": "/services/intake", "ce_type": kind,
        "ce_time": datetime.now(UTC).isoformat(), "ce_partitionkey": stream, "ce_sequence": "1",
        "content-type": "application/json",
    }  # fmt: skip
    sent = [] if form == "undecodable" else [(name, value.encode()) for name, value in headers.items()]
    producer = AIOKafkaProducer(
        bootstrap_servers=f"127.0.0.1:{scene.ground.wires['broker'].listen}", request_timeout_ms=4000
    )
    try:
        async with asyncio.timeout(6):
            await producer.start()
            await producer.send_and_wait("inzira.intake", b'{"poison": true}', key=stream.encode(), headers=sent)
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                await producer.stop()
    return {"target": "broker", "form": form, "event_id": event_id, "stream": stream}


FAULTS = (
    Fault("clock.jump", 4, "clock", wrong_clock),
    Fault("disk.full.postgres", 1, "postgres", full_disk),
    Fault("disk.full.broker", 1, "broker", full_broker_disk),
    Fault("db.lock", 4, "lock", lock_table),
    Fault("db.connections", 5, "connections", end_connections),
    Fault("broker.wipe", 0.7, "broker", wipe_log),
    Fault("broker.topic", 0.7, "broker", delete_topic),
    Fault("broker.poison", 1, "poison", poison),
)
