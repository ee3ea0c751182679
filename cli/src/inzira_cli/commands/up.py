"""`inzira up`: start the whole stack and wait until it is ready."""

import asyncio
import enum
import time
from typing import Annotated

import typer
from inzira_platform.embedded import EmbeddedError

from inzira_cli.commands.status import show
from inzira_cli.options import DEFAULT_DATA, DataOption, console, problems, run_folder
from inzira_cli.processes import DEFAULT_BASE_PORT
from inzira_cli.run_folder import RunFolder
from inzira_cli.stack import LocalStack, StackError, Wanted
from inzira_cli.supervisor import Supervisor, end, left_behind


class Kafka(enum.StrEnum):
    """Which broker the stack uses."""

    TANSU = "tansu"
    APACHE = "apache"
    EXTERNAL = "external"


def up(
    data: DataOption = DEFAULT_DATA,
    kafka: Annotated[
        Kafka, typer.Option(help="Embedded broker, Apache Kafka (needs Java), or your own.")
    ] = Kafka.TANSU,
    kafka_bootstrap: Annotated[
        str | None, typer.Option(help="host:port list of your own brokers.", envvar="INZIRA_KAFKA_BOOTSTRAP")
    ] = None,
    postgres: Annotated[
        str | None,
        typer.Option(help="Administrator's address of your own PostgreSQL 16 or newer.", envvar="INZIRA_POSTGRES_DSN"),
    ] = None,
    base_port: Annotated[
        int, typer.Option(help="Port of the gateway; the others follow it.", envvar="INZIRA_BASE_PORT")
    ] = DEFAULT_BASE_PORT,
) -> None:
    """Start PostgreSQL, the broker, every service and the gateway, and wait until they are ready."""
    if kafka is Kafka.EXTERNAL and not kafka_bootstrap:
        raise typer.BadParameter("--kafka external needs --kafka-bootstrap host:port")
    if "%" in str(data.absolute()):
        raise typer.BadParameter("the supervisor cannot use a folder whose path holds a % sign", param_hint="--data")
    run = run_folder(data)
    with run.alone():
        if Supervisor(run).pid():
            console.print("Already up.")
            show(run)
            return
        end(left_behind(run))
        _start(run, Wanted(kafka.value, kafka_bootstrap, postgres, base_port))


def _start(run: RunFolder, wanted: Wanted) -> None:
    began = time.monotonic()
    stack = LocalStack(run, wanted, console.print)
    try:
        asyncio.run(stack.bring_up())
    except (StackError, EmbeddedError, OSError) as problem:
        problems.print(f"[red]Not up.[/red] {problem}", soft_wrap=True)
        Supervisor(run).stop()
        end(left_behind(run))
        raise typer.Exit(1) from problem
    console.print(f"Up in {time.monotonic() - began:.1f} s. The gateway is at {stack.stack.gateway}")
