"""Debezium's outbox router as a process: fetched by Maven and compiled at first use, streaming intake's journal."""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from ground import Ground
from inzira_platform.embedded import write_secret

SOURCES = Path(__file__).with_name("debezium")
BUILT = Path(__file__).resolve().parent.parent / ".venv" / "bench" / "debezium"
NAME = "bench_outbox"
PUBLICATION = f"CREATE PUBLICATION {NAME} FOR TABLE outbox WITH (publish = 'insert', publish_via_partition_root = true)"
SLOT = f"SELECT pg_create_logical_replication_slot('{NAME}', 'pgoutput')"
START_SECONDS = 120


class RouterError(RuntimeError):
    """It did not start; the message is the end of its log."""


def missing(kafka: str) -> str | None:
    """Why it cannot be measured here, in words for the page; None where it can."""
    if kafka != "apache":
        return "Debezium's outbox router was not measured: the embedded broker takes no idempotent producer"
    lacking = [tool for tool in ("java", "javac", "mvn") if shutil.which(tool) is None]
    return f"Debezium's outbox router was not measured: {', '.join(lacking)} not installed" if lacking else None


async def keep_for_router(ground: Ground) -> None:
    """From now on PostgreSQL keeps what is committed to intake's journal until the router has taken it."""
    await ground.run("intake", f"DROP PUBLICATION IF EXISTS {NAME}", PUBLICATION, SLOT)


@contextmanager
def running_router(ground: Ground, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Start it, yield once it streams, end it and let PostgreSQL forget it. `keep_for_router` comes first.

    Raises RouterError, and CalledProcessError when it cannot be fetched or compiled.
    """
    command = _command(ground)
    log_file = ground.folder / "router.log"
    with log_file.open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)  # noqa: S603 - built here
    try:
        loop.run_until_complete(_streaming(ground, process, log_file))
        yield
    finally:
        process.terminate()
        process.wait(30)
        loop.run_until_complete(_forget(ground))


async def _streaming(ground: Ground, process: "subprocess.Popen[bytes]", log_file: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    connection = await asyncpg.connect(ground.admin_dsn("intake"))
    try:
        while not await _is_active(connection):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RouterError(f"It did not start: {_end_of(log_file)}")
            await asyncio.sleep(0.02)
    finally:
        await connection.close()


def _end_of(log_file: Path) -> str:
    return log_file.read_text(errors="replace")[-4000:]


async def _is_active(connection: asyncpg.Connection) -> bool:
    return bool(await connection.fetchval("SELECT active FROM pg_replication_slots WHERE slot_name = $1", NAME))


async def _forget(ground: Ground) -> None:
    connection = await asyncpg.connect(ground.admin_dsn("intake"))
    try:
        while await _is_active(connection):  # noqa: ASYNC110 - in a database
            await asyncio.sleep(0.05)
        await connection.execute("SELECT pg_drop_replication_slot($1)", NAME)
    finally:
        await connection.close()


def _command(ground: Ground) -> list[str]:
    engine, producer = ground.folder / "engine.properties", ground.folder / "producer.properties"
    where = {
        "database.hostname": "127.0.0.1",
        "database.port": ground.postgres.port,
        "database.user": "postgres",
        "database.password": ground.postgres.password,
        "database.dbname": "intake",
        "offset.storage.file.filename": ground.folder / "router.offsets",
    }
    _written(engine, where)
    _written(producer, {"bootstrap.servers": ground.bootstrap})
    log = "-Dorg.slf4j.simpleLogger"
    # it keeps no more than 1,000 measurements of its own lag, and would write a line for every further one
    levels = [f"{log}.defaultLogLevel=warn", f"{log}.log.io.debezium.metrics.stats=error"]
    return [_tool("java"), "-Xms1g", "-Xmx1g", *levels, "-cp", _classpath(), "Router", str(engine), str(producer)]


def _written(target: Path, more: dict[str, object]) -> None:
    lines = "".join(f"{name}={value}\n" for name, value in more.items())
    target.unlink(missing_ok=True)
    write_secret(target, (SOURCES / target.name).read_text(encoding="ascii") + lines)


def _classpath() -> str:
    """Of the artefacts and the compiled program, both made when they are older than their source."""
    BUILT.mkdir(parents=True, exist_ok=True)
    pom, source, resolved = SOURCES / "pom.xml", SOURCES / "Router.java", BUILT / "classpath.txt"
    if _older(resolved, pom):
        maven = [_tool("mvn"), "-q", "-B", "-f", str(pom), "dependency:build-classpath"]
        subprocess.run([*maven, f"-Dmdep.outputFile={resolved}"], check=True, env=dict(os.environ))  # noqa: S603 - built here
    artefacts = resolved.read_text(encoding="utf-8").strip()
    if _older(BUILT / "Router.class", source) or _older(BUILT / "Router.class", resolved):
        subprocess.run([_tool("javac"), "-d", str(BUILT), "-cp", artefacts, str(source)], check=True)  # noqa: S603 - built here
    return f"{BUILT}{os.pathsep}{artefacts}"


def _older(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def _tool(name: str) -> str:
    return shutil.which(name) or name
